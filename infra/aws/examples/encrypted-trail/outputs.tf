output "trail_key_policy_statement" {
  description = "For the trail key's policy."
  value       = module.trailhound.trail_key_policy_statement
}
