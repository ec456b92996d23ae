namespace Edge.Daemon.Hosting.Options;

/// <summary>Reads the options of a verb: flag over environment over configuration file over default; tells every error.</summary>
/// <remarks>No reflection: options are data, and the caller builds its own record from the values.</remarks>
public static class OptionReader
{
    /// <summary>Exit code for wrong usage.</summary>
    public const int WrongUsage = 2;

    /// <summary>The option that names a configuration file, the same in every verb that has one.</summary>
    public static OptionSpec<string> Config { get; } =
        new("config", "FILE", "a JSON object with these names as keys; a flag or a variable wins over it", OptionParsers.Text)
        {
            Example = "/etc/edge/hub.json",
        };

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="build">Makes the record; adds a sentence for each broken rule between options, and its result is then dropped.</param>
    /// <typeparam name="T">The record of options.</typeparam>
    /// <returns>The record, or the text to print and the exit code; never throws for bad input.</returns>
    public static OptionOutcome<T> Read<T>(
        VerbSpec verb, IReadOnlyList<string> arguments, OptionSources sources, Func<OptionValues, ICollection<string>, T> build)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(verb);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(build);
        if (arguments.Any(a => a is "--help" or "-h" or "-?"))
        {
            return new OptionOutcome<T>(null, OptionHelp.Of(verb), 0);
        }

        var errors = new List<string>();
        var flags = OptionArguments.Read(verb, arguments, errors);
        var file = OptionFile.Read(verb, ConfigPath(verb, flags, sources), sources, errors);
        var values = new OptionValues();
        foreach (var option in verb.Options)
        {
            Choose(verb, option, flags, file, sources, values, errors);
        }

        // Rules between options are judged only on options that are right by themselves.
        var value = errors.Count == 0 ? build(values, errors) : null;
        return errors.Count == 0 ? new OptionOutcome<T>(value, string.Empty, 0) : Failed<T>(verb, errors);
    }

    private static OptionOutcome<T> Failed<T>(VerbSpec verb, List<string> errors)
        where T : class
    {
        var lines = errors.Select(e => $"{verb.Program} {verb.Name}: {e}")
            .Append($"Try: {verb.Program} {verb.Name} --help");
        return new OptionOutcome<T>(null, string.Join(Environment.NewLine, lines), WrongUsage);
    }

    private static string? ConfigPath(VerbSpec verb, IReadOnlyDictionary<string, string> flags, OptionSources sources)
    {
        if (!verb.Options.Contains(Config))
        {
            return null;
        }

        var path = flags.GetValueOrDefault(Config.Name) ?? sources.Environment(verb.EnvironmentPrefix + Config.EnvironmentSuffix);
        return string.IsNullOrEmpty(path) ? null : path;
    }

    private static void Choose(
        VerbSpec verb,
        OptionSpec option,
        IReadOnlyDictionary<string, string> flags,
        OptionFile file,
        OptionSources sources,
        OptionValues values,
        List<string> errors)
    {
        var variable = verb.EnvironmentPrefix + option.EnvironmentSuffix;
        var (text, origin) =
            flags.TryGetValue(option.Name, out var flag) ? (flag, "--" + option.Name)
            : sources.Environment(variable) is { Length: > 0 } set ? (set, variable)
            : file.Values.TryGetValue(option.Name, out var written) ? (written, $"{file.Path}: {option.Name}")
            : (option.Default, "the default of --" + option.Name);
        if (text is null)
        {
            if (option.Required)
            {
                errors.Add($"--{option.Name} is missing: {option.Meaning}; for example --{option.Name} {option.Example}");
            }

            return;
        }

        if (option.Read(text, value => values.Set(option, value, origin)) is { } error)
        {
            errors.Add($"{origin}: '{OptionText.Shown(text)}' is wrong: {error}; for example {option.Example}");
        }
    }
}
