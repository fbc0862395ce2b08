variable "log_archive_account_id" {
  description = "The account that owns the trail bucket."
  type        = string
  default     = "111122223333"
  nullable    = false
}

variable "log_archive_role" {
  description = "A role there that may create an EventBridge rule and a role."
  type        = string
  default     = "example-deploy"
  nullable    = false
}

variable "trail_bucket" {
  description = "The organisation trail's bucket."
  type        = string
  default     = "example-organisation-trail"
  nullable    = false
}

variable "trail_key_prefix" {
  description = "The trail's prefix; with Control Tower often the organisation's id."
  type        = string
  default     = ""
  nullable    = false
}

variable "trail_kms_key_arn" {
  description = "The key its objects are encrypted with, if any."
  type        = string
  default     = null
}

variable "log_archive_alarm_topic_arn" {
  description = "A topic in the log archive account for alarms about the forwarding."
  type        = string
  default     = null
}
