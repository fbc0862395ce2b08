output "bucket_policy_statements" {
  description = "For the trail bucket's policy."
  value       = module.trailhound.bucket_policy_statements
}

output "trail_key_policy_statement" {
  description = "For the trail key's policy."
  value       = module.trailhound.trail_key_policy_statement
}
