import { Argument, type Command } from 'commander';
import { print } from '../output.ts';

const bash = `# fleetgauge: eval "$(fleetgauge completion bash)" in ~/.bashrc
_fleetgauge() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [[ -n $line ]] && COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _fleetgauge fleetgauge`;

const zsh = `#compdef fleetgauge
# fleetgauge: eval "$(fleetgauge completion zsh)" in ~/.zshrc, after compinit
_fleetgauge() {
  local -a found
  local text about
  while IFS=$'\\t' read -r text about; do
    [[ -n $text ]] && found+=("\${text//:/\\\\:}:$about")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe fleetgauge found; else _files; fi
}
compdef _fleetgauge fleetgauge`;

const fish = `# fleetgauge: fleetgauge completion fish > ~/.config/fish/completions/fleetgauge.fish
function __fleetgauge
  set -l words (commandline -opc)
  set -e words[1]
  fleetgauge __complete -- $words (commandline -ct) 2>/dev/null
end
complete -c fleetgauge -f -a '(__fleetgauge)'`;

const pwsh = `# fleetgauge: fleetgauge completion pwsh | Out-String | Invoke-Expression, in $PROFILE
Register-ArgumentCompleter -Native -CommandName fleetgauge -ScriptBlock {
  param($typed, $line, $cursor)
  $words = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($typed -eq '') { $words += '' }
  & fleetgauge __complete -- @words 2>$null | ForEach-Object {
    $text, $about = $_ -split "\`t", 2
    if (-not $about) { $about = $text }
    [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $about)
  }
}`;

const scripts = { bash, zsh, fish, pwsh };
type Shell = keyof typeof scripts;

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(Object.keys(scripts)))
    .action((shell: Shell) => print(scripts[shell]));
}
