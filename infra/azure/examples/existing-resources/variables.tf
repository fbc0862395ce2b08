variable "subscription_id" {
  description = "The subscription everything is in."
  type        = string
  default     = "00000000-0000-0000-0000-000000000001"
  nullable    = false
}
