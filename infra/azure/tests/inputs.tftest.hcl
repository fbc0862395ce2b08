# Inputs that would deploy and then fail quietly are refused, with a message that shows a good value.

mock_provider "azurerm" {}

variables {
  protect_data        = false
  resource_group_name = "rg"
  location            = "westeurope"
  suffix              = "contoso1"
  subscription_ids    = ["00000000-0000-0000-0000-000000000001"]
}

run "a_region_by_its_display_name" {
  command = plan
  variables {
    location = "West Europe"
  }
  expect_failures = [var.location]
}

run "a_name_with_hyphens" {
  command = plan
  variables {
    name = "trail-hound"
  }
  expect_failures = [var.name]
}

run "a_long_suffix" {
  command = plan
  variables {
    suffix = "contoso-emea"
  }
  expect_failures = [var.suffix]
}

run "a_subscription_path" {
  command = plan
  variables {
    subscription_ids = ["/subscriptions/00000000-0000-0000-0000-000000000001"]
  }
  expect_failures = [var.subscription_ids]
}

run "a_category_nobody_reads" {
  command = plan
  variables {
    entra_categories = ["RiskyUsers"]
  }
  expect_failures = [var.entra_categories]
}

run "nothing_to_watch" {
  command = plan
  variables {
    subscription_ids = []
  }
  expect_failures = [var.existing_hub]
}

run "an_existing_hub_fed_twice" {
  command = plan
  variables {
    existing_hub = { id = "i", name = "n", namespace_id = "ni", namespace_name = "nn", resource_group_name = "r" }
  }
  expect_failures = [var.existing_hub]
}

run "no_partition" {
  command = plan
  variables {
    partition_count = 0
  }
  expect_failures = [var.partition_count]
}

run "too_much_throughput" {
  command = plan
  variables {
    maximum_throughput_units = 41
  }
  expect_failures = [var.maximum_throughput_units]
}

run "an_hour_of_retention" {
  command = plan
  variables {
    retention_hours = 1
  }
  expect_failures = [var.retention_hours]
}

run "memory_nobody_offers" {
  command = plan
  variables {
    instance_memory_in_mb = 1024
  }
  expect_failures = [var.instance_memory_in_mb]
}

run "too_few_instances" {
  command = plan
  variables {
    maximum_instance_count = 0
  }
  expect_failures = [var.maximum_instance_count]
}

run "a_crowd_kept_warm" {
  command = plan
  variables {
    always_ready_instances = 21
  }
  expect_failures = [var.always_ready_instances]
}

run "an_unknown_level" {
  command = plan
  variables {
    min_level = "warning"
  }
  expect_failures = [var.min_level]
}

run "a_log_filter_with_spaces" {
  command = plan
  variables {
    log_level = "very loud"
  }
  expect_failures = [var.log_level]
}

run "settings_by_path" {
  command = plan
  variables {
    settings_container = { id = "i", url = "/opt/rules" }
  }
  expect_failures = [var.settings_container]
}

run "a_subscriber_without_destination" {
  command = plan
  variables {
    subscriptions = { siem = {} }
  }
  expect_failures = [var.subscriptions]
}

run "a_name_for_an_address" {
  command = plan
  variables {
    alarm_email_addresses = ["soc"]
  }
  expect_failures = [var.alarm_email_addresses]
}

run "a_window_nobody_offers" {
  command = plan
  variables {
    alarm_thresholds = { silence_minutes = 90 }
  }
  expect_failures = [var.alarm_thresholds]
}

run "an_impatient_lag" {
  command = plan
  variables {
    alarm_thresholds = { age = 5 }
  }
  expect_failures = [var.alarm_thresholds]
}

run "logs_gone_in_a_week" {
  command = plan
  variables {
    log_retention_days = 7
  }
  expect_failures = [var.log_retention_days]
}

run "rejects_gone_in_a_week" {
  command = plan
  variables {
    rejects_retention_days = 7
  }
  expect_failures = [var.rejects_retention_days]
}

run "an_archive_of_a_day" {
  command = plan
  variables {
    archive_days = 1
  }
  expect_failures = [var.archive_days]
}

run "fewer_instances_than_kept_warm" {
  command = plan
  variables {
    maximum_instance_count = 2
    always_ready_instances = 3
  }
  expect_failures = [var.maximum_instance_count]
}

run "a_package_by_two_ways" {
  command = plan
  variables {
    package_path = "versions.tf"
    package_url  = "https://example.com/trailhound/0.1.0/trailhound-azure.zip"
  }
  expect_failures = [var.package_url]
}

run "a_chat_nobody_knows" {
  command = plan
  variables {
    chat_webhooks = { soc = { kind = "irc", url = "https://irc.example.com/" } }
  }
  expect_failures = [var.chat_webhooks]
}

run "a_pager_without_its_key" {
  command = plan
  variables {
    chat_webhooks = { soc = { kind = "pagerduty", url = "https://events.example.com/v2/enqueue" } }
  }
  expect_failures = [var.chat_webhooks]
}

run "an_address_that_is_none" {
  command = plan
  variables {
    email_addresses = ["soc"]
  }
  expect_failures = [var.email_addresses]
}

run "an_account_by_its_path" {
  command = plan
  variables {
    allowed_accounts = ["/subscriptions/00000000-0000-0000-0000-000000000001"]
  }
  expect_failures = [var.allowed_accounts]
}

run "jobs_over_nothing" {
  command = plan
  variables {
    inventory_jobs = true
  }
  expect_failures = [var.inventory_jobs]
}

run "a_container_by_its_name" {
  command = plan
  variables {
    inventory_jobs       = true
    inventory_containers = { archive = { id = "/subscriptions/x", url = "insights-activity-logs" } }
  }
  expect_failures = [var.inventory_containers]
}
