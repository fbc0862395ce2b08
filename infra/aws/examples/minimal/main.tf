# One account, one trail bucket whose owner has turned EventBridge notifications on, people told by e-mail.

provider "aws" {
  region = var.region
}

module "trailhound" {
  source = "../.."

  trail_buckets         = { (var.trail_bucket) = {} }
  package               = { path = var.package_path }
  architecture          = var.architecture
  email_addresses       = var.email_addresses
  alarm_email_addresses = var.email_addresses
  intake_enabled        = var.intake_enabled
  protect_data          = var.protect_data
}
