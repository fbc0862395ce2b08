variable "subscription_id" {
  description = "The subscription to watch and to install in."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  default     = "westeurope"
  nullable    = false
}

variable "suffix" {
  description = "Makes names unique that all of Azure shares."
  type        = string
  nullable    = false
}

variable "package_path" {
  description = "The zip that `cargo xtask package azure` made."
  type        = string
  nullable    = false
}

variable "email_addresses" {
  description = "Who gets findings and alarms."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "protect_data" {
  description = "Whether state, rejects and hub are protected from destruction."
  type        = bool
  default     = true
  nullable    = false
}
