#!/bin/sh
# Makes sure that terraform and gcloud are there, and that somebody is signed in; says what to do where not.
for tool in terraform gcloud; do
  command -v "$tool" >/dev/null 2>&1 && continue
  echo "$tool is needed to deploy, and is not installed; infra/README.md says where it comes from." >&2
  exit 1
done
gcloud auth application-default print-access-token >/dev/null 2>&1 && exit 0
echo "Nobody is signed in: gcloud auth login, then gcloud auth application-default login." >&2
exit 1
