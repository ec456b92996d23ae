using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Edge.Mqtt.Packets;

/// <summary>Reads the fields of one packet's body; the first fault sticks in <see cref="Error"/> and later reads give empty
/// values.</summary>
/// <remarks>Never throws for what the other side sent. Source: MQTT 5.0, section 1.5.</remarks>
internal ref struct PacketReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary><see cref="MqttReasonCode.Success"/>, or what was wrong first.</summary>
    public MqttReasonCode Error { get; private set; }

    /// <summary>What was not read yet; empty after a fault.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True when nothing is left, or a fault was found.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Notes a fault; only the first one counts.</summary>
    public void Fail(MqttReasonCode error)
    {
        if (Error == MqttReasonCode.Success)
        {
            Error = error;
        }

        _rest = default;
    }

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length)
        {
            Fail(MqttReasonCode.MalformedPacket);
            return default;
        }

        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public byte ReadByte()
    {
        var bytes = ReadBytes(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    public ushort ReadUInt16()
    {
        var bytes = ReadBytes(2);
        return bytes.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    public uint ReadUInt32()
    {
        var bytes = ReadBytes(4);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>A variable byte integer: at most four bytes.</summary>
    public int ReadVarInt()
    {
        var value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var next = ReadByte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Fail(MqttReasonCode.MalformedPacket);
        return 0;
    }

    /// <summary>A length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadBinary() => ReadBytes(ReadUInt16());

    /// <summary>A length and that many bytes of well-formed UTF-8 without NUL.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var bytes = ReadBinary();
        if (!Utf8.IsValid(bytes) || bytes.Contains((byte)0))
        {
            Fail(MqttReasonCode.MalformedPacket);
            return default;
        }

        return bytes;
    }

    public string ReadString()
    {
        var bytes = ReadUtf8();
        return bytes.IsEmpty ? string.Empty : Encoding.UTF8.GetString(bytes);
    }
}
