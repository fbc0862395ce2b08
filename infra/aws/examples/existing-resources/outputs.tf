output "kms_key_policy" {
  description = "What the company's key must allow."
  value       = module.trailhound.kms_key_policy
}
