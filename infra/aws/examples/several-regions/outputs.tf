output "findings_topic_arn" {
  description = "Findings of every region."
  value       = module.trailhound.findings_topic_arn
}
