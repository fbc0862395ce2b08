variable "region" {
  description = "The trail bucket's region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "trail_bucket" {
  description = "The existing bucket CloudTrail writes to."
  type        = string
  nullable    = false
}

variable "package_path" {
  description = "The zip that `cargo xtask package aws` made."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "What the package was built for."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "email_addresses" {
  description = "Who gets findings and alarms."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "intake_enabled" {
  description = "Whether the function reads its queue."
  type        = bool
  default     = true
  nullable    = false
}

variable "protect_data" {
  description = "Whether table and rejects bucket are protected from destruction."
  type        = bool
  default     = true
  nullable    = false
}
