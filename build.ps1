#!/usr/bin/env pwsh
# Forwards a verb to the command that the README names for it. Without a verb: what CI does.
param(
    [ValidateSet('ci', 'build', 'test', 'publish', 'pack', 'demo', 'bench')] [string] $Verb = 'ci',
    [Parameter(ValueFromRemainingArguments)] [string[]] $Rest = @()
)
Set-Location $PSScriptRoot
switch ($Verb) {
    'ci' { bash .ci/run @Rest }
    'build' { dotnet build Edge.sln -warnaserror @Rest }
    'test' { bash tests/run @Rest }
    'publish' { bash packaging/publish @Rest }
    'pack' { bash packaging/build-deb @Rest }
    'demo' { dotnet run --project hub -c Release -- demo @Rest }
    'bench' { dotnet run --project tests/Bench -c Release -- @Rest }
}
exit $LASTEXITCODE
