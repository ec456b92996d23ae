using System.Text;
using System.Text.Json;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>Bodies that somebody spoilt: whatever they say, the answer is a result and never an exception.</summary>
public sealed class MarathonFuzzTests
{
    private const int Bodies = 20_000;

    private static readonly string[] s_pieces =
    [
        "null", "{}", "[]", "\"\"", "0", "-1", "1e999", "1.5", "true", "\"\\ud800\"", "[[]]", "{\"\\ud800\":1}", "{\"\":\"\"}",
        "\"/\"", "\"..\"", "{\"mode\":\"host\"}", "[{}]", "[null]", "65536", "9223372036854775808",
        "\"a/../..\"", "\"\\u0000\"", "{\"secret\":\"s\"}",
    ];

    [Fact]
    public void Read_SpoiltBodies_NeverThrow()
    {
        var random = new Random(20260102);
        var seeds = FieldRow.All.Where(r => r.Disposition is "read" or "refused" or "server")
            .Select(r => FieldRow.Body(r.Example)).ToArray();
        var stored = Marathon.Bodies.Defined(Marathon.Bodies.App(string.Empty)).Fields;
        var results = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Bodies; i++)
        {
            var text = Spoil(seeds[random.Next(seeds.Length)], random);
            if (Parse(text) is not { } body)
            {
                Count(results, "no JSON");
                continue;
            }

            var reading = new MarathonReading
            {
                Mode = (MarathonReadMode)random.Next(3),
                Stored = stored,
                AppId = random.Next(2) == 0 ? "/a" : null,
                Strict = random.Next(4) == 0,
                EnforceRole = random.Next(4) == 0,
                Support = random.Next(3) == 0 ? MarathonSupport.Current : MarathonSupport.Everything,
            };
            Count(results, Check(MarathonAppReader.Read(body, reading)));
            Count(results, MarathonGroupReader.Read(Group(text, body), new MarathonGroupReading { Apps = reading }).GetType().Name);
        }

        // The bodies are neither all good nor all hopeless.
        Assert.True(results[nameof(MarathonAppResult.Defined)] > Bodies / 20, string.Join(' ', results));
        Assert.True(results[nameof(MarathonAppResult.Refused)] > Bodies / 2, string.Join(' ', results));
    }

    [Fact]
    public void Parse_SpoiltSelectorsAndPaths_NeverThrow()
    {
        var random = new Random(7);
        const string letters = "ab,()=!\\ in-_.\u00fc\ud800/";
        for (var i = 0; i < Bodies; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)])]);
            Assert.NotEqual(LabelSelector.Parse(text, out var error) is null, error is null);
            var path = AppPath.Resolve(text, "/a/b");
            Assert.Equal(path, AppPath.Resolve(path));
            _ = AppPath.Errors(path);
        }
    }

    private static string Check(MarathonAppResult result)
    {
        if (result is MarathonAppResult.Refused { Error: var error })
        {
            Assert.Equal(error.Kind == MarathonErrorKind.Message, error.Details.IsEmpty);
            Assert.All(error.Details, d => Assert.NotEmpty(d.Errors));
            _ = Answers.Text(w => MarathonJson.WriteError(w, error));
        }
        else if (result is MarathonAppResult.Defined { App: var app })
        {
            // What came out means the same when it is read again.
            var again = Marathon.Bodies.Defined("{}", Marathon.Bodies.Merge(app));
            Assert.Equal(app.Fields, again.Fields);
        }

        return result.GetType().Name;
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement Group(string text, JsonElement body) =>
        Parse($$"""{"id":"/g","apps":[{{text}}],"groups":[{"id":"h","apps":[{{text}}]},{{text}}]}""") ?? body;

    private static string Spoil(string text, Random random)
    {
        var result = new StringBuilder(text);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(result.Length);
            switch (random.Next(12))
            {
                case 0:
                    result.Remove(at, Math.Min(random.Next(1, 6), result.Length - at));
                    break;
                case 1:
                    result.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                default:
                    Replace(result, at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
            }

            if (result.Length == 0)
            {
                return "{}";
            }
        }

        return result.ToString();
    }

    // Another value after a colon, so that the text stays JSON and the schema has something to say.
    private static void Replace(StringBuilder text, int from, string piece)
    {
        var all = text.ToString();
        var colon = all.IndexOf("\":", from, StringComparison.Ordinal);
        var end = colon < 0 ? -1 : all.IndexOfAny([',', '}', ']'], colon);
        if (end > 0)
        {
            text.Remove(colon + 2, end - colon - 2).Insert(colon + 2, piece);
        }
    }

    private static void Count(Dictionary<string, int> results, string name) => results[name] = results.GetValueOrDefault(name) + 1;
}
