#Requires -Version 5.1
<#
.SYNOPSIS
Run the Kafka integration tests: -Help tells the options.
.DESCRIPTION
Sets up .venv when it is needed; all else is testbed/runner.
-Broker KIND, -ConsumerCommand TEMPLATE, -Workers N and -Repeat N are its own options in this
shell's spelling; the rest of the line goes on as it is: feature files, --tags, -D name=value.
.PARAMETER Help
Show all options and exit codes.
.PARAMETER VerboseOutput
Show every step and the output of behave.
.PARAMETER KeepContainers
Leave the broker running afterwards.
.EXAMPLE
.\scripts\run_kafka_integration_tests.ps1 -VerboseOutput features/end_to_end_flow.feature
#>
# Switches alone: a parameter with a value would take a feature file by its position.
param([switch]$Help, [switch]$VerboseOutput, [switch]$KeepContainers)

$spellings = @{
    '-Broker'          = '--broker'
    '-ConsumerCommand' = '--consumer-command'
    '-Workers'         = '--workers'
    '-Repeat'          = '--repeat'
}
$root = Split-Path -Parent $PSScriptRoot
$onWindows = [IO.Path]::DirectorySeparatorChar -eq '\'
$inVenv = if ($onWindows) { '.venv\Scripts\python.exe' } else { '.venv/bin/python' }
$venvPython = Join-Path $root $inVenv

# The first Python that really starts (the Store's placeholder does not) and is new enough.
function Find-Python {
    foreach ($candidate in @($env:PYTHON, 'python', 'py', 'python3')) {
        if (-not $candidate) { continue }
        if (-not (Get-Command $candidate -ErrorAction SilentlyContinue)) { continue }
        & $candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>$null | Out-Null
        if ($LASTEXITCODE -eq 0) { return $candidate }
    }
}

function Test-Ready {
    if (-not (Test-Path $venvPython)) { return $false }
    & $venvPython -IS scripts/setup_venv.py --check run 2>$null | Out-Null
    return $LASTEXITCODE -eq 0
}

# Before 7.3 PowerShell drops the quotation marks inside an argument for a program.
function Protect-Quote([string]$word) {
    if ($PSVersionTable.PSVersion -ge [version]'7.3') { return $word }
    return $word -replace '(\\*)"', '$1$1\"'
}

$words = @(
    if ($VerboseOutput) { '--verbose' }
    if ($KeepContainers) { '--keep-containers' }
    foreach ($word in $args) {
        if ($spellings.ContainsKey("$word")) { $spellings["$word"] } else { Protect-Quote $word }
    }
)
$wantsHelp = $Help -or $args -contains '--help'
$env:CHURN_TESTBED_PROGRAM = '.\scripts\run_kafka_integration_tests.ps1'
$env:CHURN_TESTBED_CWD = (Get-Location).ProviderPath # for the command of a consumer
Push-Location $root
try {
    $python = if (Test-Ready) { $venvPython } else { Find-Python }
    $code = 0
    if (-not $python) {
        [Console]::Error.WriteLine('[ERROR] Python 3.11 or newer was not found. Install it' +
            ' (winget install Python.Python.3.13; macOS: brew install python)' +
            ' or name one: $env:PYTHON = "C:\path\to\python.exe"')
        $code = 3
    }
    elseif ($wantsHelp) { # answered by any Python, before anything is installed
        & $python -m testbed run --help
        $code = $LASTEXITCODE
    }
    else {
        if ($python -ne $venvPython) {
            & $python scripts/setup_venv.py run
            $code = $LASTEXITCODE
        }
        if ($code -eq 0) {
            & $venvPython -m testbed run @words
            $code = $LASTEXITCODE
        }
    }
}
finally {
    Pop-Location
}
exit $code
