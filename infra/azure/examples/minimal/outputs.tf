output "trailhound" {
  description = "Everything the module tells."
  value       = module.trailhound
}
