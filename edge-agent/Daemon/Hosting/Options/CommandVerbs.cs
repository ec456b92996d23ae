namespace Edge.Daemon.Hosting.Options;

/// <summary>The verb that a command line names, with what follows it; or the text to print and the exit code.</summary>
/// <param name="Verb">Null when the program should end now.</param>
/// <param name="Arguments">What follows the verb.</param>
/// <param name="Text">The help or the error; empty when there is a verb.</param>
/// <param name="ExitCode">0 for the help, 2 for wrong usage.</param>
public sealed record VerbChoice(VerbSpec? Verb, IReadOnlyList<string> Arguments, string Text, int ExitCode);

/// <summary>Finds the verb of a command line.</summary>
public static class CommandVerbs
{
    /// <summary>The first argument is the verb; <c>--help</c>, <c>-h</c> or <c>help</c> in its place lists all verbs.</summary>
    public static VerbChoice Choose(string program, IReadOnlyList<VerbSpec> verbs, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(verbs);
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Count == 0)
        {
            return new VerbChoice(null, [], OptionHelp.Of(program, verbs), OptionReader.WrongUsage);
        }

        var name = arguments[0];
        if (name is "--help" or "-h" or "help")
        {
            return new VerbChoice(null, [], OptionHelp.Of(program, verbs), 0);
        }

        if (verbs.FirstOrDefault(v => v.Name == name) is { } verb)
        {
            return new VerbChoice(verb, [.. arguments.Skip(1)], string.Empty, 0);
        }

        var names = verbs.Select(v => v.Name).ToList();
        var near = OptionText.Nearest(name, names) is { } word ? $" Did you mean '{word}'?" : string.Empty;
        var error = $"{program}: the verb '{OptionText.Shown(name)}' is unknown; allowed are {string.Join(", ", names)}.{near}";
        return new VerbChoice(null, [], error, OptionReader.WrongUsage);
    }
}
