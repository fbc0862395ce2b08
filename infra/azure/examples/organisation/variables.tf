variable "subscription_id" {
  description = "The security subscription, to install in."
  type        = string
  default     = "00000000-0000-0000-0000-000000000001"
  nullable    = false
}

variable "watched_subscription_ids" {
  description = "The subscriptions to watch."
  type        = set(string)
  default     = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
  nullable    = false
}
