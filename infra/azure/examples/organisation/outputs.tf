output "diagnostics_rule_id" {
  description = "For a policy that covers subscriptions made later."
  value       = module.trailhound.diagnostics_rule_id
}
