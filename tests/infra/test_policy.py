"""What the configuration promises: who may do what, and that nothing runs away."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from service.settings import ChildLimits, Settings
from service.signing import SIGNED_HEADERS
from service.tinify.shelf import PREFIX
from support.terraform import INFRA, find_blocks, find_locals, find_named, list_blocks

BUCKETS = find_blocks("google_storage_bucket")
FUNCTIONS = find_blocks("google_cloudfunctions2_function")
GRANTS = {block.address: block.body for block in list_blocks() if "member" in block.body}
ROLES = find_blocks("google_project_iam_custom_role")


def grants_of(identity: str) -> dict[str, dict[str, Any]]:
    """Return every grant to one of the service accounts."""
    return {
        name: body
        for name, body in GRANTS.items()
        if re.search(rf"google_service_account\.{identity}(\[0\])?\.member", body["member"])
    }


def permissions_of(role: str) -> list[str]:
    """Return the permissions of a custom role; a predefined one stands for itself."""
    found = re.search(r"google_project_iam_custom_role\.(\w+)(?:\[0\])?\.id", role)
    return ROLES[found[1]]["permissions"] if found else [role]


def test_only_site_apis_and_what_the_owner_opens_are_public() -> None:
    """Nobody but the site, both APIs and the folder that an owner names is open to everybody."""
    public = {name: body for name, body in GRANTS.items() if body["member"] in ("allUsers", "allAuthenticatedUsers")}
    assert set(public) == {
        "google_storage_bucket_iam_member.site_public",
        "google_cloud_run_v2_service_iam_member.api_public",
        "google_cloud_run_v2_service_iam_member.tinify_public",
        "google_storage_managed_folder_iam_member.public",
    }
    assert "google_storage_bucket.site" in public["google_storage_bucket_iam_member.site_public"]["bucket"]
    assert "api" in public["google_cloud_run_v2_service_iam_member.api_public"]["name"]
    assert public["google_storage_managed_folder_iam_member.public"]["count"] == "${var.public_results == null ? 0 : 1}"
    assert find_named("variable")["public_results"]["default"] is None


def test_everybody_reads_by_name_and_never_lists() -> None:
    """Where everybody may read, nobody may list."""
    opened = [body for body in GRANTS.values() if body["member"] == "allUsers" and "role" in body]
    assert {body["role"] for body in opened} == {"roles/storage.legacyObjectReader", "roles/run.invoker"}


def test_uploads_and_results_differ() -> None:
    """Created buckets have different names, and one existing bucket cannot serve as both."""
    assert BUCKETS["uploads"]["name"] != BUCKETS["results"]["name"]
    conditions = [each["condition"] for each in find_named("variable")["results_bucket"]["validation"]]
    assert any("var.results_bucket != var.uploads_bucket" in condition for condition in conditions)


def test_the_worker_cannot_write_uploads() -> None:
    """The worker reads uploads with a role that holds no write, and so cannot start itself."""
    uploads = {name: body for name, body in grants_of("worker").items() if "uploads" in str(body.get("bucket"))}
    assert [body["role"] for body in uploads.values()] == ["roles/storage.objectViewer"]
    assert {str(body["bucket"]) for body in grants_of("worker").values() if "bucket" in body} == {
        "${local.uploads_bucket}",
        "${local.results_bucket}",
    }


def test_each_identity_has_what_it_needs_and_no_more() -> None:
    """The grants of the five identities are exactly these, each on the smallest resource there is."""
    given = {
        identity: {
            (name.split(".")[0], permission)
            for name, body in grants_of(identity).items()
            for permission in permissions_of(body["role"])
        }
        for identity in ("api", "worker", "trigger", "build", "tinify")
    }
    objects = {("google_storage_bucket_iam_member", f"storage.objects.{verb}") for verb in ("get", "list", "delete")}
    create = ("google_storage_bucket_iam_member", "storage.objects.create")
    viewer = ("google_storage_bucket_iam_member", "roles/storage.objectViewer")
    assert given["api"] == objects | {
        create,
        ("google_service_account_iam_member", "iam.serviceAccounts.signBlob"),
        ("google_secret_manager_secret_iam_member", "roles/secretmanager.secretAccessor"),
    }
    assert given["worker"] == objects | {
        create,
        viewer,
        ("google_pubsub_topic_iam_member", "roles/pubsub.publisher"),
    }
    assert given["trigger"] == {
        ("google_project_iam_member", "roles/eventarc.eventReceiver"),
        ("google_cloud_run_v2_service_iam_member", "roles/run.invoker"),
    }
    assert given["build"] == {
        viewer,
        ("google_artifact_registry_repository_iam_member", "roles/artifactregistry.writer"),
        ("google_project_iam_member", "roles/logging.logWriter"),
        ("google_project_iam_member", "roles/storage.objectViewer"),
    }
    assert given["tinify"] == {
        *(("google_storage_bucket_iam_member", f"storage.objects.{verb}") for verb in ("create", "get", "list")),
        ("google_secret_manager_secret_iam_member", "roles/secretmanager.secretAccessor"),
    }


def test_tinify_reaches_its_own_objects_alone() -> None:
    """It creates and reads under its prefix, which the bucket empties after a day, and sees no upload."""
    prefix = find_locals()["_tinify_prefix"]
    assert prefix == PREFIX
    assert prefix.startswith("web/")
    grants = [body for body in grants_of("tinify").values() if "bucket" in body]
    assert {body["bucket"] for body in grants} == {"${local.results_bucket}"}
    for body in grants:
        if permissions_of(body["role"]) == ["storage.objects.list"]:
            continue
        (condition,) = body["condition"]
        assert 'resource.name.startsWith("projects/_/buckets/' in condition["expression"].replace("\\", "")
        assert "/objects/${local._tinify_prefix}" in condition["expression"]


def test_tinify_is_off_and_its_keys_are_in_no_environment() -> None:
    """Everything of it is counted by the secret's name; the keys reach the function as a file that it is told of."""
    counted = [block for block in list_blocks() if "tinify" in block.name or block.name in ("holder", "lister")]
    assert len(counted) == 10
    assert {block.body["count"] for block in counted} <= {
        "${local._tinify}",
        "${local._balanced * local._tinify}",
    }
    (config,) = FUNCTIONS["tinify"]["service_config"]
    (volume,) = config["secret_volumes"]
    assert volume["mount_path"] == "${local._tinify_mount}"
    assert volume["versions"] == [{"version": "latest", "path": "keys"}]
    assert "secret_environment_variables" not in config
    assert "${local._tinify_mount}/keys" in str(config["environment_variables"])


def test_the_api_creates_no_result() -> None:
    """On the results bucket the API holds a role that creates nothing."""
    results = next(body for body in grants_of("api").values() if body.get("bucket") == "${local.results_bucket}")
    assert permissions_of(results["role"]) == ["storage.objects.delete", "storage.objects.get", "storage.objects.list"]


def test_roles_are_named_anew_in_every_deployment() -> None:
    """No role has a name that a deployment that was destroyed may have had: such names stay taken for weeks."""
    assert len(ROLES) >= 3
    assert all(str(role["role_id"]).endswith("_${local._role_suffix}") for role in ROLES.values())
    assert "terraform_data.birth.id" in str(find_locals()["_role_suffix"])


def test_no_grant_replaces_what_others_granted() -> None:
    """Grants add one member each; none overwrites the policy of a bucket or project that was there before."""
    assert not [b.address for b in list_blocks() if re.search(r"_iam_(binding|policy)$", b.type)]


def test_no_predefined_role_rules() -> None:
    """Nobody is owner, editor or administrator of anything."""
    roles = {str(body.get("role")) for body in GRANTS.values()}
    assert not {role for role in roles if re.search(r"owner|editor|admin|Admin|objectUser", role)}


def test_grants_on_the_project_give_a_reason() -> None:
    """Every grant on the whole project has a comment right above it."""
    text = "\n".join(path.read_text() for path in INFRA.glob("*.tf"))
    granted = re.findall(r'(?m)^(.*)\nresource "google_project_iam_member" "(\w+)"', text)
    assert granted
    assert all(above.startswith("#") for above, _ in granted)


def test_events_are_retried() -> None:
    """The worker's trigger asks for events again, in the region of the bucket."""
    (trigger,) = FUNCTIONS["worker"]["event_trigger"]
    assert trigger["retry_policy"] == "RETRY_POLICY_RETRY"
    assert trigger["event_type"] == "google.cloud.storage.object.v1.finalized"
    assert "uploads_location" in trigger["trigger_region"]
    assert trigger["event_filters"] == [{"attribute": "bucket", "value": "${local.uploads_bucket}"}]


@pytest.mark.parametrize(("name", "most"), [("api", "api"), ("worker", "worker"), ("tinify", "worker")])
def test_functions_cannot_run_away(name: str, most: str) -> None:
    """Every function has a bounded number of instances, none while idle, and its own identity."""
    (config,) = FUNCTIONS[name]["service_config"]
    assert config["max_instance_count"] == f"${{var.{most}_max_instances}}"
    assert config["min_instance_count"] == 0
    assert re.fullmatch(rf"\$\{{google_service_account\.{name}(\[0\])?\.email\}}", config["service_account_email"])
    assert FUNCTIONS[name]["build_config"][0]["runtime"] == "python313"


@pytest.mark.parametrize("name", ["worker", "tinify"])
def test_what_compresses_outlives_its_sandbox_and_holds_an_image(name: str) -> None:
    """One image at a time, with more time and memory than the sandbox allows its child."""
    (config,) = FUNCTIONS[name]["service_config"]
    assert config["max_instance_request_concurrency"] == 1
    assert config["timeout_seconds"] == "${local._worker_timeout}"
    assert config["available_memory"] == "${local._worker_gib}Gi"
    assert find_locals()["_worker_timeout"] > ChildLimits().wall
    assert find_locals()["_worker_gib"] * 2**30 > ChildLimits().memory


def test_only_the_trigger_reaches_the_worker() -> None:
    """The worker has no address outside; the others have theirs until a load balancer stands before them."""
    ingress = {name: body["service_config"][0]["ingress_settings"] for name, body in FUNCTIONS.items()}
    assert ingress.pop("worker") == "ALLOW_INTERNAL_ONLY"
    assert set(ingress.values()) == {'${var.domain == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"}'}


def test_settings_accept_the_environment() -> None:
    """The variables that the functions get are settings of the service, and none that it needs is missing."""
    given = dict(find_locals()["_environment"])
    for name in ("api", "worker", "tinify"):
        own = str(FUNCTIONS[name]["service_config"][0]["environment_variables"])
        given |= dict.fromkeys(re.findall(r"\bAUTOK_\w+", own), "1")
    values = {
        "AUTOK_UPLOADS_BUCKET": "a-uploads",
        "AUTOK_RESULTS_BUCKET": "a-results",
        "AUTOK_SITE_ORIGINS": "https://a-site.storage.googleapis.com",
        "AUTOK_NOTIFY_TOPIC": "projects/a/topics/a-completions",
        "AUTOK_SIGNER": "a@example.org",
        "GOOGLE_CLOUD_PROJECT": "a",
    }
    settings = Settings.from_env({name: values.get(name, "1") for name in given})
    assert settings.signer == "a@example.org"
    assert set(values) <= set(given)
    assert {"AUTOK_RATE_LIMIT", "AUTOK_VCPU", "AUTOK_MEMORY_GIB"} <= set(given)


@pytest.mark.parametrize("name", list(BUCKETS))
def test_buckets_are_uniform_and_forget(name: str) -> None:
    """Every bucket has uniform access, keeps nothing that was deleted, and is closed to the public but for the site."""
    bucket = BUCKETS[name]
    assert bucket["uniform_bucket_level_access"] is True
    assert bucket["soft_delete_policy"] == [{"retention_duration_seconds": 0}]
    expected = {"site": "inherited", "results": '${var.public_results == null ? "enforced" : "inherited"}'}
    assert bucket["public_access_prevention"] == expected.get(name, "enforced")


@pytest.mark.parametrize("name", ["uploads", "results"])
def test_the_pages_objects_live_a_day(name: str) -> None:
    """Objects under web/ are deleted after a day, all others only where their owner says so."""
    rules = BUCKETS[name]["lifecycle_rule"]
    deleting = [rule["condition"][0] for rule in rules if rule["action"] == [{"type": "Delete"}]]
    assert {"age": 1, "matches_prefix": ["web/"]} in deleting
    assert {"age": "${lifecycle_rule.value}"} in deleting
    assert len(deleting) == 2
    assert find_named("variable")["keep_days"]["default"] == 0


def test_signed_headers_are_within_cors() -> None:
    """Every header that a signed upload carries is admitted by the rules of the uploads bucket."""
    (rule,) = json.loads((INFRA / "cors.json").read_text())["uploads"]
    assert set(SIGNED_HEADERS) <= set(rule["responseHeader"])
    assert rule["method"] == ["PUT"]
    assert BUCKETS["uploads"]["cors"][0]["origin"] == ["${local.site_origin}"]


def test_what_is_optional_is_off() -> None:
    """Without a word nothing is created that costs money while idle."""
    defaults = {name: body.get("default") for name, body in find_named("variable").items()}
    for name in ("access_key_secret", "alert_email", "domain", "public_results", "tinify_keys_secret"):
        assert defaults[name] is None
    assert (defaults["armor_rate"], defaults["budget_usd"], defaults["completion_topic"]) == (0, 0, False)
    optional = [b for b in list_blocks() if b.type.startswith(("google_compute_", "google_billing_"))]
    assert optional
    assert all("count" in block.body for block in optional)


def test_dead_letters_are_kept() -> None:
    """Events that are given up go to a topic with a subscription, so that somebody can look at them."""
    (subscription,) = find_blocks("google_pubsub_subscription").values()
    assert "google_pubsub_topic.dead_letters.id" in subscription["topic"]
    assert subscription["message_retention_duration"] == "604800s"


def test_the_load_balancer_names_its_scheme() -> None:
    """Forwarding rules and backends say which load balancer they belong to; the default differs between versions."""
    for type_ in ("google_compute_global_forwarding_rule", "google_compute_backend_service"):
        assert all(body["load_balancing_scheme"] == "EXTERNAL_MANAGED" for body in find_blocks(type_).values())
