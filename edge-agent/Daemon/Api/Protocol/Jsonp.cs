namespace Edge.Daemon.Api.Protocol;

/// <summary>Wraps JSON into a call of a function that the asking page names, as the classic web UI fetches state across origins.</summary>
public static class Jsonp
{
    /// <summary>The query parameter that carries the function's name.</summary>
    public const string Parameter = "jsonp";

    public const string ContentType = "text/javascript";

    private const int NameLengthMax = 128;

    /// <summary>True for a name of letters, digits, <c>_ $ . [ ]</c> that starts like an identifier; anything else could be a
    /// script.</summary>
    public static bool IsCallback(string name) =>
        name.Length is > 0 and <= NameLengthMax && (char.IsAsciiLetter(name[0]) || name[0] is '_' or '$')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '.' or '[' or ']');

    /// <summary><c>callback(json);</c> as bytes.</summary>
    /// <param name="callback">A name for which <see cref="IsCallback"/> holds.</param>
    public static byte[] Wrap(string callback, ReadOnlySpan<byte> json)
    {
        if (!IsCallback(callback))
        {
            throw new ArgumentException($"'{callback}' is no name of a function.", nameof(callback));
        }

        var script = new byte[callback.Length + json.Length + 3];
        System.Text.Encoding.ASCII.GetBytes(callback, script);
        script[callback.Length] = (byte)'(';
        json.CopyTo(script.AsSpan(callback.Length + 1));
        ");"u8.CopyTo(script.AsSpan(script.Length - 2));
        return script;
    }
}
