namespace Edge.Mqtt.Packets;

/// <summary>Walks the properties of one packet and holds their rules: known, allowed here, not repeated, value in range.</summary>
/// <remarks>Source: MQTT 5.0, section 2.2.2.</remarks>
internal ref struct PropertyCursor(ReadOnlySpan<byte> properties, ulong allowed)
{
    private PacketReader _reader = new(properties);
    private readonly ReadOnlySpan<byte> _all = properties;
    private ulong _seen;

    public readonly MqttReasonCode Error => _reader.Error;

    /// <summary>The property under the cursor.</summary>
    public PropertyId Id { get; private set; }

    /// <summary>Its value when it is a number.</summary>
    public uint Number { get; private set; }

    /// <summary>Its value when it is text or bytes; the name of a user property.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a user property.</summary>
    public ReadOnlySpan<byte> Second { get; private set; }

    /// <summary>The whole property as it was sent.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>Moves on; false at the end or at a fault.</summary>
    public bool Next()
    {
        if (_reader.AtEnd)
        {
            return false;
        }

        var before = _reader.Rest.Length;
        var id = _reader.ReadByte();
        if (!ReadValue((PropertyId)id))
        {
            _reader.Fail(MqttReasonCode.MalformedPacket);
            return false;
        }

        CheckPlace(id);
        if (_reader.Error != MqttReasonCode.Success)
        {
            return false;
        }

        Raw = _all.Slice(_all.Length - before, before - _reader.Rest.Length);
        return true;
    }

    private void CheckPlace(byte id)
    {
        var bit = 1UL << id;
        var mayRepeat = Id is PropertyId.UserProperty or PropertyId.SubscriptionIdentifier;
        if ((allowed & bit) == 0 || ((_seen & bit) != 0 && !mayRepeat))
        {
            _reader.Fail(MqttReasonCode.ProtocolError);
        }

        _seen |= bit;
        switch (Id)
        {
            case PropertyId.TopicAlias when Number == 0:
                _reader.Fail(MqttReasonCode.TopicAliasInvalid);
                break;
            case PropertyId.ReceiveMaximum or PropertyId.MaximumPacketSize or PropertyId.SubscriptionIdentifier when Number == 0:
            case PropertyId.ResponseTopic when Bytes.IsEmpty || Bytes.ContainsAny((byte)'+', (byte)'#'):
                _reader.Fail(MqttReasonCode.ProtocolError);
                break;
            default:
                break;
        }
    }

    private bool ReadValue(PropertyId id)
    {
        Id = id;
        Bytes = Second = default;
        Number = 0;
        switch (id)
        {
            case PropertyId.PayloadFormatIndicator or PropertyId.RequestProblemInformation or PropertyId.RequestResponseInformation
                or PropertyId.MaximumQoS or PropertyId.RetainAvailable or PropertyId.WildcardSubscriptionAvailable
                or PropertyId.SubscriptionIdentifierAvailable or PropertyId.SharedSubscriptionAvailable:
                Number = _reader.ReadByte();
                if (Number > 1)
                {
                    _reader.Fail(MqttReasonCode.ProtocolError);
                }

                return true;
            case PropertyId.ServerKeepAlive or PropertyId.ReceiveMaximum or PropertyId.TopicAliasMaximum or PropertyId.TopicAlias:
                Number = _reader.ReadUInt16();
                return true;
            case PropertyId.MessageExpiryInterval or PropertyId.SessionExpiryInterval or PropertyId.WillDelayInterval
                or PropertyId.MaximumPacketSize:
                Number = _reader.ReadUInt32();
                return true;
            case PropertyId.SubscriptionIdentifier:
                Number = (uint)_reader.ReadVarInt();
                return true;
            case PropertyId.CorrelationData or PropertyId.AuthenticationData:
                Bytes = _reader.ReadBinary();
                return true;
            case PropertyId.ContentType or PropertyId.ResponseTopic or PropertyId.AssignedClientIdentifier or PropertyId.ReasonString
                or PropertyId.AuthenticationMethod or PropertyId.ResponseInformation or PropertyId.ServerReference:
                Bytes = _reader.ReadUtf8();
                return true;
            case PropertyId.UserProperty:
                Bytes = _reader.ReadUtf8();
                Second = _reader.ReadUtf8();
                return true;
            default:
                return false;
        }
    }
}
