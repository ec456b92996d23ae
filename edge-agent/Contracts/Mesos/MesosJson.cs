using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Edge.Contracts.Mesos.Json;
using Google.Protobuf;

namespace Edge.Contracts.Mesos;

/// <summary>The JSON form of the Mesos messages, both ways.</summary>
/// <remarks>Not the JSON of proto3: names stay in snake_case, 64-bit integers are numbers, explicit defaults are written unless their field
/// is deprecated, null means unset, a single value stands for a list of one. Compact, without a newline, so that one message is one line.
/// Driven by descriptors alone; safe from any thread. Source: apache/mesos 3rdparty/stout/include/stout/protobuf.hpp.</remarks>
public static class MesosJson
{
    /// <summary>Nesting of objects and lists that is read; the protobuf library reads no deeper either.</summary>
    public const int DepthMax = 100;

    /// <summary>Writes a message as one JSON object.</summary>
    public static void Write(IMessage message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        var size = message.CalculateSize();
        var wire = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            message.WriteTo(wire.AsSpan(0, size));
            var sink = new JsonSink(output);
            WireToJson.Write(MessagePlan.For(message.Descriptor), wire.AsSpan(0, size), ref sink);
            sink.Complete();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(wire);
        }
    }

    /// <summary>Writes a message as one value of a larger JSON text.</summary>
    public static void Write(IMessage message, Utf8JsonWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteRawValue(ToBytes(message), skipInputValidation: true);
    }

    /// <summary>A message as UTF-8 JSON, in an array of its own.</summary>
    public static byte[] ToBytes(IMessage message)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(message, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A message as JSON text.</summary>
    public static string ToText(IMessage message)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(message, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Reads a message; see <see cref="Parse{T}(ReadOnlySpan{byte}, int)"/>.</summary>
    public static MesosParse<T> Parse<T>(in ReadOnlySequence<byte> utf8, int bytesMax = MesosProto.BytesMax)
        where T : class, IMessage<T>, new() =>
        utf8.IsSingleSegment ? Parse<T>(utf8.FirstSpan, bytesMax)
        : utf8.Length > bytesMax ? MesosProto.TooLarge<T>(utf8.Length, bytesMax)
        : Parse<T>(utf8.ToArray(), bytesMax);

    /// <summary>Reads a message.</summary>
    /// <param name="utf8">Remote input: any bytes.</param>
    /// <param name="bytesMax">More are refused unread.</param>
    /// <returns>The message with every required field set, or which way the bytes failed. Never throws for any bytes.</returns>
    public static MesosParse<T> Parse<T>(ReadOnlySpan<byte> utf8, int bytesMax = MesosProto.BytesMax)
        where T : class, IMessage<T>, new()
    {
        if (utf8.Length > bytesMax)
        {
            return MesosProto.TooLarge<T>(utf8.Length, bytesMax);
        }

        if (!Utf8.IsValid(utf8))
        {
            return NotJson<T>("the text is not UTF-8");
        }

        var message = new T();
        var plan = MessagePlan.For(message.Descriptor);
        var reading = new JsonToWire(utf8, DepthMax);
        try
        {
            if (!reading.Read(plan))
            {
                return WrongShape<T>(plan, reading.Error!);
            }

            message.MergeFrom(reading.Wire);
            return reading.IsMissingRequired && MesosProto.MissingRequired(message) is { Count: > 0 } missing
                ? WrongShape<T>(plan, "Missing required fields: " + string.Join(", ", missing))
                : MesosParse<T>.Read(message);
        }
        catch (JsonException error)
        {
            return NotJson<T>(error.Message);
        }
        catch (InvalidProtocolBufferException error)
        {
            return WrongShape<T>(plan, error.Message);
        }
        finally
        {
            reading.Dispose();
        }
    }

    private static MesosParse<T> NotJson<T>(string error)
        where T : class, IMessage<T> =>
        MesosParse<T>.Failed(MesosParseFailure.NotJson, "Failed to parse body into JSON: " + error);

    private static MesosParse<T> WrongShape<T>(MessagePlan plan, string error)
        where T : class, IMessage<T> =>
        MesosParse<T>.Failed(MesosParseFailure.WrongShape, $"Failed to convert JSON into {plan.Name} protobuf: {error}");
}
