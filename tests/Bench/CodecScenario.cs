using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Edge.Contracts.Mesos;
using Google.Protobuf;
using Task = System.Threading.Tasks.Task;

namespace Edge.Bench;

/// <summary>Encodes and decodes the three messages that fill a scheduler's stream, in both forms, beside the protobuf library's own
/// JSON.</summary>
/// <remarks>Each figure is the median of the rounds; the contenders take turns within a round, so that a noisy machine is noisy for all.
/// The library's JSON is another dialect (camel case, 64-bit integers as strings): only the work is comparable, not the text.</remarks>
internal static class CodecScenario
{
    private const double NanosecondsPerSecond = 1e9;

    private sealed record Contender(string Form, string Direction, Action Run, int Bytes)
    {
        public List<double> Nanoseconds { get; } = [];

        public List<double> Allocated { get; } = [];
    }

    /// <summary>Options: <c>--rounds</c> (15), <c>--milliseconds</c> per contender and round (20).</summary>
    public static Task<BenchReport> RunAsync(BenchArguments arguments)
    {
        var rounds = arguments.Get("rounds", 15);
        var slice = TimeSpan.FromMilliseconds(arguments.Get("milliseconds", 20));
        var report = new BenchReport("codec", "message", "form", "direction", "bytes", "ns_per_op", "bytes_allocated_per_op",
            "ratio_to_library_json");
        Measure("OFFERS, 10 offers", CodecMessages.Offers(10), rounds, slice, report);
        Measure("ACCEPT, 10 tasks", CodecMessages.Accept(10), rounds, slice, report);
        Measure("UPDATE", CodecMessages.Update(), rounds, slice, report);
        report.Note($"Medians of {rounds} rounds of {slice.TotalMilliseconds} ms each.");
        report.Note("'library json' is JsonFormatter/JsonParser of Google.Protobuf.");
        report.Note("A ratio below 1 is faster than the library's JSON in the same direction.");
        return Task.FromResult(report);
    }

    private static void Measure<T>(string name, T message, int rounds, TimeSpan slice, BenchReport report)
        where T : class, IMessage<T>, new()
    {
        var contenders = Contenders(message);
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var (nanoseconds, allocated) = Time(contender.Run, slice);
                if (round > 0)
                {
                    contender.Nanoseconds.Add(nanoseconds);
                    contender.Allocated.Add(allocated);
                }
            }
        }

        foreach (var contender in contenders)
        {
            var library = Median(contenders.Single(c => c.Form == "library json" && c.Direction == contender.Direction).Nanoseconds);
            var own = Median(contender.Nanoseconds);
            report.Add(name, contender.Form, contender.Direction, contender.Bytes, Math.Round(own), Math.Round(Median(contender.Allocated)),
                (own / library).ToString("0.00", CultureInfo.InvariantCulture));
        }
    }

    private static List<Contender> Contenders<T>(T message)
        where T : class, IMessage<T>, new()
    {
        var json = MesosJson.ToBytes(message);
        var wire = message.ToByteArray();
        var formatter = JsonFormatter.Default;
        var libraryText = formatter.Format(message);
        var libraryBytes = Encoding.UTF8.GetBytes(libraryText);
        var library = new JsonParser(JsonParser.Settings.Default);
        var output = new ArrayBufferWriter<byte>(json.Length * 2);
        return
        [
            new("json", "encode", () => Encode(message, output), json.Length),
            new("json", "decode", () => Check(MesosJson.Parse<T>(json).Ok), json.Length),
            new("protobuf", "encode", () => Check(message.ToByteArray().Length == wire.Length), wire.Length),
            new("protobuf", "decode", () => Check(MesosProto.TryParse<T>(wire).Ok), wire.Length),
            new("library json", "encode", () => Check(Encoding.UTF8.GetBytes(formatter.Format(message)).Length > 0), libraryBytes.Length),
            new("library json", "decode", () =>
                Check(library.Parse<T>(Encoding.UTF8.GetString(libraryBytes)) is not null), libraryBytes.Length),
        ];
    }

    private static void Encode(IMessage message, ArrayBufferWriter<byte> output)
    {
        output.ResetWrittenCount();
        MesosJson.Write(message, output);
    }

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A codec under measurement failed.");
        }
    }

    private static (double Nanoseconds, double Allocated) Time(Action run, TimeSpan slice)
    {
        var operations = 0L;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            run();
            operations++;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < slice);

        return (elapsed.TotalSeconds * NanosecondsPerSecond / operations,
            (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)operations);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
