using System.Text;

namespace Edge.Daemon.Hosting.Options;

/// <summary>Writes the help of a verb or of a program.</summary>
public static class OptionHelp
{
    /// <summary>The help of one verb: every option with its meaning, default, variable, and an example.</summary>
    public static string Of(VerbSpec verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        var text = new StringBuilder();
        text.Append(verb.Program).Append(' ').Append(verb.Name).Append(": ").AppendLine(verb.Summary).AppendLine();
        var heads = verb.Options.Select(o => $"  --{o.Name} {o.Shape}".TrimEnd()).ToList();
        var width = heads.Select(h => h.Length).DefaultIfEmpty(0).Max() + 2;
        for (var i = 0; i < verb.Options.Count; i++)
        {
            text.Append(heads[i].PadRight(width)).Append(verb.Options[i].Meaning).AppendLine(Ending(verb.Options[i]));
        }

        if (verb.Options.Count > 0)
        {
            var option = verb.Options[0];
            var variable = verb.EnvironmentPrefix + option.EnvironmentSuffix;
            var key = verb.Options.Contains(OptionReader.Config) ? $" and the key \"{option.Name}\" of the --config file" : string.Empty;
            text.AppendLine().AppendLine("A value is given as --name VALUE or --name=VALUE.")
                .AppendLine($"Each option has other names: --{option.Name} is the environment variable {variable}{key}.")
                .AppendLine("A flag wins over the environment, the environment over the file, the file over the default.");
        }

        return text.AppendLine().Append("Example: ").Append(verb.Example).ToString();
    }

    /// <summary>The help of a program: its verbs, each with an example.</summary>
    public static string Of(string program, IReadOnlyList<VerbSpec> verbs)
    {
        ArgumentNullException.ThrowIfNull(verbs);
        var width = verbs.Select(v => v.Name.Length).DefaultIfEmpty(0).Max() + 2;
        var lines = verbs.SelectMany(v => new[] { $"  {v.Name.PadRight(width)}{v.Summary}", $"  {new string(' ', width)}{v.Example}" });
        return string.Join(
            Environment.NewLine,
            lines.Prepend($"{program} VERB [--option VALUE ...]").Append($"More: {program} VERB --help"));
    }

    private static string Ending(OptionSpec option)
    {
        var value = option.DefaultMeaning ?? option.Default;
        return option.Required ? " (required)" : value is null || option.IsSwitch ? string.Empty : $" (default {value})";
    }
}
