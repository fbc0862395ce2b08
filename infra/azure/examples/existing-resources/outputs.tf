output "findings_topic_id" {
  description = "The topic."
  value       = module.trailhound.findings_topic_id
}
