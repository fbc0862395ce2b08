# What templates/ is written from (infra/tools/bicep_template.py): the module with everything the template offers, and once
# without each. Every computed value is a word of its own by which a reference is known; what the template asks for is a word
# that becomes a parameter.

mock_provider "azurerm" {}

override_resource {
  target = terraform_data.installed
  values = { output = "the-installation" }
}

override_resource {
  target = terraform_data.canary_key
  values = { output = "the-canarys-key" }
}

variables {
  name                  = "thename"
  suffix                = "thesufix"
  location              = "thelocation"
  resource_group_name   = "the-group"
  subscription_ids      = ["00000000-0000-0000-0000-000000000001"]
  package_url           = "https://the-package"
  email_addresses       = ["the-address@example.com"]
  alarm_email_addresses = ["the-alarm-address@example.com"]
  chat_webhooks = {
    slack     = { kind = "slack", url = "https://the-slack-webhook" }
    teams     = { kind = "teams", url = "https://the-teams-webhook" }
    pagerduty = { kind = "pagerduty", url = "https://events.pagerduty.com/v2/enqueue", routing_key = "the-routing-key" }
  }
  runbooks_url = "https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md"
}

run "everything" {}

run "without_mail" {
  variables {
    email_addresses = []
  }
}

run "without_slack" {
  variables {
    chat_webhooks = {
      teams     = { kind = "teams", url = "https://the-teams-webhook" }
      pagerduty = { kind = "pagerduty", url = "https://events.pagerduty.com/v2/enqueue", routing_key = "the-routing-key" }
    }
  }
}

run "without_teams" {
  variables {
    chat_webhooks = {
      slack     = { kind = "slack", url = "https://the-slack-webhook" }
      pagerduty = { kind = "pagerduty", url = "https://events.pagerduty.com/v2/enqueue", routing_key = "the-routing-key" }
    }
  }
}

run "without_pagerduty" {
  variables {
    chat_webhooks = {
      slack = { kind = "slack", url = "https://the-slack-webhook" }
      teams = { kind = "teams", url = "https://the-teams-webhook" }
    }
  }
}

run "without_people" {
  variables {
    email_addresses = []
    chat_webhooks   = {}
  }
}

run "without_alarm_mail" {
  variables {
    alarm_email_addresses = []
  }
}

run "without_package" {
  variables {
    package_url = null
  }
}

run "without_protection" {
  variables {
    protect_data = false
  }
}

# No options of their own: what the others together come to must be these.
run "only_mail" {
  variables {
    chat_webhooks = {}
  }
}

run "only_slack" {
  variables {
    email_addresses = []
    chat_webhooks   = { slack = { kind = "slack", url = "https://the-slack-webhook" } }
  }
}

run "only_teams" {
  variables {
    email_addresses = []
    chat_webhooks   = { teams = { kind = "teams", url = "https://the-teams-webhook" } }
  }
}

run "only_pagerduty" {
  variables {
    email_addresses = []
    chat_webhooks   = { pagerduty = { kind = "pagerduty", url = "https://events.pagerduty.com/v2/enqueue", routing_key = "the-routing-key" } }
  }
}

run "bare" {
  variables {
    email_addresses       = []
    alarm_email_addresses = []
    chat_webhooks         = {}
    package_url           = null
    protect_data          = false
  }
}
