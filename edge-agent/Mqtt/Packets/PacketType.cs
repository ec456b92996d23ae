namespace Edge.Mqtt.Packets;

/// <summary>The upper four bits of a packet's first byte. Source: MQTT 5.0, section 2.1.2.</summary>
internal enum PacketType : byte
{
    None = 0,
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

/// <summary>What a look at the first bytes of a packet gave.</summary>
internal enum FrameStatus
{
    /// <summary>The header is not complete.</summary>
    NeedMore,

    /// <summary>The header is complete; the body may not be.</summary>
    Ok,

    /// <summary>The length field is longer than four bytes.</summary>
    Bad,
}

/// <summary>The fixed header of a packet.</summary>
/// <param name="First">Type and flags.</param>
/// <param name="HeaderLength">Bytes of the header itself, 2 to 5.</param>
/// <param name="BodyLength">Bytes behind the header.</param>
internal readonly record struct Frame(byte First, int HeaderLength, int BodyLength)
{
    public PacketType Type => (PacketType)(First >> 4);

    public int Flags => First & 0x0F;

    public int TotalLength => HeaderLength + BodyLength;

    /// <summary>True when the lower four bits are what this type demands; PUBLISH checks its own.</summary>
    public bool FlagsAreValid => Type switch
    {
        PacketType.Publish => true,
        PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => Flags == 2,
        _ => Flags == 0,
    };

    public static FrameStatus TryRead(ReadOnlySpan<byte> data, out Frame frame)
    {
        frame = default;
        var length = 0;
        for (var i = 1; i <= 4; i++)
        {
            if (data.Length <= i)
            {
                return FrameStatus.NeedMore;
            }

            length |= (data[i] & 0x7F) << (7 * (i - 1));
            if (data[i] < 0x80)
            {
                frame = new Frame(data[0], i + 1, length);
                return FrameStatus.Ok;
            }
        }

        return FrameStatus.Bad;
    }
}
