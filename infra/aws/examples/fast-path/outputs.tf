output "chat_topic_arn" {
  description = "To be chosen in Amazon Q Developer in chat applications."
  value       = module.trailhound.chat_topic_arn
}
