namespace Edge.Daemon.Hosting.Options;

/// <summary>Splits a command line into options and their texts.</summary>
internal static class OptionArguments
{
    /// <summary>The text of each option that was given, by name; every piece that fits no option adds an error.</summary>
    public static IReadOnlyDictionary<string, string> Read(VerbSpec verb, IReadOnlyList<string> arguments, List<string> errors)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < arguments.Count; at++)
        {
            var argument = arguments[at];
            if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length == 2)
            {
                errors.Add($"'{OptionText.Shown(argument)}' is not an option; options begin with --, as --{verb.Options[0].Name}");
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument[2..] : argument[2..equals];
            var option = verb.Options.FirstOrDefault(o => o.Name == name);
            var value = equals < 0 ? null : argument[(equals + 1)..];
            if (value is null && option is not { IsSwitch: true } && at + 1 < arguments.Count && !IsFlag(arguments[at + 1]))
            {
                // An unknown option takes its value along, so that one slip is one error.
                value = arguments[++at];
            }

            if (option is null)
            {
                errors.Add(Unknown(verb, name));
            }
            else if (value is null && !option.IsSwitch)
            {
                errors.Add($"--{name} needs a value: {option.Shape}, {option.Meaning}; for example --{name} {option.Example}");
            }
            else if (!found.TryAdd(name, value ?? "true"))
            {
                errors.Add($"--{name} is given twice; once is allowed");
            }
        }

        return found;
    }

    private static bool IsFlag(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private static string Unknown(VerbSpec verb, string name)
    {
        var names = verb.Options.Select(o => o.Name).ToList();
        return OptionText.Nearest(name, names) is { } near
            ? $"--{OptionText.Shown(name)} is unknown; did you mean --{near}?"
            : $"--{OptionText.Shown(name)} is unknown; allowed are {string.Join(", ", names.Select(n => "--" + n))}";
    }
}
