"""Checks a rendered module of azurerm against what its schema does not say: faults of the provider that cost an apply.

    check_facts.py < output of `terraform test -json -verbose`

Each fact was read in the provider's source at v5.2.0; take one out when a release mends it.
"""

import sys

from rendered import resources, states

# Read from Azure, taken out of app_settings, so that a setting of ours shows as a difference for ever; and the connection
# string that is written at each change has an empty key where an identity is used (issue 29099).
TAKEN_AWAY = {
    "APPINSIGHTS_INSTRUMENTATIONKEY", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AzureWebJobsStorage",
    "WEBSITE_HEALTHCHECK_MAXPINGFAILURES", "DEPLOYMENT_STORAGE_CONNECTION_STRING",
}


def faults(found):
    keyless = [r["values"]["id"] for r in found if r["type"] == "azurerm_storage_account" and not r["values"].get("shared_access_key_enabled", True)]
    for resource in found:
        values = resource["values"]
        if resource["type"] == "azurerm_storage_table" and values.get("storage_account_id") in keyless:
            yield resource, "its ACL is read and written with a shared key, and the account takes none (issue 30815)"
        if resource["type"] == "azurerm_function_app_flex_consumption":
            if values.get("storage_authentication_type") != "StorageAccountConnectionString":
                yield resource, "with an identity for storage, every update writes a connection string with an empty key (issue 29099)"
            for name in TAKEN_AWAY & set(values.get("app_settings") or {}):
                yield resource, f"{name} is taken out of app_settings when read: a difference for ever"


def main():
    seen, bad = 0, set()
    for state in states(sys.stdin):
        found = list(resources(state))
        seen += len(found)
        bad |= {f"{resource['address']}: {fault}" for resource, fault in faults(found)}
    for fault in sorted(bad):
        print(fault)
    print(f"{seen} resources, {len(bad)} that the provider spoils")
    return 0 if seen and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
