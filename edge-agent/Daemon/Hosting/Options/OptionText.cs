namespace Edge.Daemon.Hosting.Options;

/// <summary>Small work on the texts of options.</summary>
internal static class OptionText
{
    private const int ShownMax = 80;

    /// <summary>A text as an error may show it: one line, printable ASCII, not long.</summary>
    public static string Shown(string text)
    {
        var clean = string.Concat(text.Take(ShownMax).Select(c => c is < ' ' or > '~' ? '?' : c));
        return text.Length > ShownMax ? clean + "..." : clean;
    }

    /// <summary>The word that was probably meant: the nearest by edits, when it is near enough; else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        var near = words.Select(w => (Word: w, Distance: Distance(word, w))).OrderBy(w => w.Distance).FirstOrDefault();
        return near.Word is not null && near.Distance <= Math.Max(1, near.Word.Length / 3) ? near.Word : null;
    }

    /// <summary>Levenshtein's distance; a word much longer than any option is far from all.</summary>
    private static int Distance(string from, string to)
    {
        if (from.Length > ShownMax)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var cost = from[i - 1] == to[j - 1] ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
