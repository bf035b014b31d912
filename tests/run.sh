#!/usr/bin/env bash
# Runs every test project and ends with "N passed, N failed" (", N skipped" if any). TESTS=name runs one project.
set -uo pipefail
cd "$(dirname "$0")/.."
log=artifacts/tests/log.txt
mkdir -p artifacts/tests
: >$log
status=0
for project in tests/${TESTS:-*}/*.Tests.csproj; do
    dotnet test "$project" -c Release --no-build --nologo --logger "console;verbosity=minimal" 2>&1 | tee -a $log || status=1
done
awk -v status=$status '
    /(Passed|Failed)! +- Failed:/ {
        gsub(/[,:]/, " ")
        for (i = 1; i < NF; i++) { if ($i == "Failed") failed += $(i + 1); if ($i == "Passed") passed += $(i + 1); if ($i == "Skipped") skipped += $(i + 1) }
    }
    END {
        if (status && !failed) failed = 1  # a test host that died counts as a failure
        printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
        exit failed > 0 || passed == 0
    }' $log
