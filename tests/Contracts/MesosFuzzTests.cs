using Edge.Contracts.Mesos;
using Google.Protobuf;
using SchedulerCall = Edge.Contracts.Mesos.Scheduler.Call;
using SchedulerEvent = Edge.Contracts.Mesos.Scheduler.Event;

namespace Edge.Tests.Contracts;

/// <summary>Mutated input in both forms: an answer every time, never an exception; and what is accepted can be written again.</summary>
public sealed class MesosFuzzTests
{
    private const int Inputs = 50_000;

    private static readonly byte[][] s_tokens =
        [.. new[] { "null", "{}", "[]", "\"\"", "-1", "1e999", "\\u0000", "\\ud800", "{\"value\":\"", "\"type\":",
            "99999999999999999999", "[[[[", "true" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    [Fact]
    public void MutatedJson_IsAnsweredWithoutAnException()
    {
        var (accepted, refused) = Run<SchedulerCall>(MesosJson.ToBytes, (bytes) => MesosJson.Parse<SchedulerCall>(bytes), 1);
        Assert.True(accepted > 100 && refused > 10_000, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void MutatedProtobuf_IsAnsweredWithoutAnException()
    {
        var (accepted, refused) = Run<SchedulerEvent>(m => m.ToByteArray(), (bytes) => MesosProto.TryParse<SchedulerEvent>(bytes), 2);
        Assert.True(accepted > 100 && refused > 10_000, $"{accepted} accepted, {refused} refused");
    }

    private static (int Accepted, int Refused) Run<T>(Func<IMessage, byte[]> write, Func<byte[], MesosParse<T>> parse, int seed)
        where T : class, IMessage<T>, new()
    {
        var random = new Random(seed);
        var originals = Enumerable.Range(0, 64).Select(i => write(new MessageGenerator(i).Create(new T().Descriptor, depth: 3))).ToArray();
        var (accepted, refused) = (0, 0);
        for (var input = 0; input < Inputs; input++)
        {
            var bytes = Mutate(originals[random.Next(originals.Length)], random);
            var read = parse(bytes);
            if (!read.Ok)
            {
                Assert.NotEmpty(read.Error);
                refused++;
                continue;
            }

            accepted++;
            Assert.Empty(MesosProto.MissingRequired(read.Message));
            Assert.True(MesosJson.Parse<T>(MesosJson.ToBytes(read.Message)).Ok);
        }

        return (accepted, refused);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var left = random.Next(1, 4); left > 0 && bytes.Count > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }
}
