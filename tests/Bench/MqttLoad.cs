using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Packets;

namespace Edge.Bench;

/// <summary>Many MQTT 3.1.1 clients on one thread: raw sockets, one epoll, as little work as possible beside the broker's.</summary>
internal sealed class MqttLoad : IDisposable
{
    private const int PayloadBytes = 100;
    private const int Sources = 200;
    private const int ConnectWindow = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly int _port;
    private readonly int _epoll = LinuxSockets.CreateEpoll();
    private readonly byte[] _events = new byte[1024 * LinuxSockets.EventSize];
    private readonly byte[] _buffer = new byte[256 << 10];
    private readonly Dictionary<int, Client> _byDescriptor = [];
    private readonly ByteBuffer _acks = new();
    private readonly ByteBuffer _out = new();
    private readonly byte[] _payload = new byte[PayloadBytes];

    public MqttLoad(int port) => _port = port;

    public List<Client> Clients { get; } = [];

    private int Answers { get; set; }

    private int Acknowledged { get; set; }

    private int Delivered { get; set; }

    /// <summary>Connects clients that subscribe to their own topic, QoS 1; returns when the last SUBACK has come.</summary>
    public TimeSpan Connect(int count)
    {
        var started = TimeProvider.System.GetTimestamp();
        Answers = 0;
        for (var i = 0; i < count; i++)
        {
            Open(Clients.Count, $"t/{Clients.Count}");
            RunUntil(() => i + 1 - Answers / 2 < ConnectWindow);
        }

        RunUntil(() => Answers == 2 * count);
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>One more client with a filter of its own.</summary>
    public Client Add(string filter)
    {
        Answers = 0;
        var client = Open(Clients.Count, filter);
        RunUntil(() => Answers == 2);
        return client;
    }

    /// <summary>Every client subscribes to one more filter.</summary>
    public void SubscribeAll(string filter)
    {
        Answers = 0;
        foreach (var client in Clients)
        {
            _out.Truncate(0);
            WriteSubscribe(filter);
            Send(client, _out.Written);
            RunUntil(() => true);
        }

        RunUntil(() => Answers == Clients.Count);
    }

    /// <summary>Publishes QoS 1 messages, at most <paramref name="window"/> on the way, until all are acknowledged and delivered.</summary>
    /// <param name="copies">How many clients get each message.</param>
    public TimeSpan Publish(int messages, int window, int copies, Func<int, (Client From, string Topic)> next)
    {
        var started = TimeProvider.System.GetTimestamp();
        Acknowledged = Delivered = 0;
        var sent = 0;
        while (Acknowledged < messages || Delivered < messages * copies)
        {
            _out.Truncate(0);
            Client? pending = null;
            while (sent < messages && sent - Acknowledged < window && sent - Delivered / copies < window)
            {
                var (from, topic) = next(sent);
                if (pending is not null && pending != from)
                {
                    Send(pending, _out.Written);
                    _out.Truncate(0);
                }

                pending = from;
                WritePublish(topic, (ushort)(sent % 60_000 + 1));
                sent++;
            }

            if (pending is not null)
            {
                Send(pending, _out.Written);
            }

            RunOnce();
            if (TimeProvider.System.GetElapsedTime(started) > s_patience)
            {
                throw new TimeoutException(
                    $"After {s_patience}: {sent} sent, {Acknowledged} acknowledged, {Delivered} of {messages * copies} delivered.");
            }
        }

        return TimeProvider.System.GetElapsedTime(started);
    }

    public void Dispose()
    {
        foreach (var client in Clients)
        {
            client.Socket.Dispose();
        }

        LinuxSockets.Close(_epoll);
    }

    private Client Open(int index, string filter)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            LingerState = new LingerOption(true, 0),
        };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + index % Sources)]), 0));
        socket.Connect(new IPEndPoint(IPAddress.Loopback, _port));
        socket.Blocking = false;
        var client = new Client(socket, (int)socket.Handle);
        Clients.Add(client);
        _byDescriptor.Add(client.Descriptor, client);
        LinuxSockets.Control(_epoll, LinuxSockets.Add, client.Descriptor, LinuxSockets.In);
        _out.Truncate(0);
        PacketEncoder.Connect(
            _out, new ConnectPacket { Version = MqttProtocolVersion.V311, ClientId = $"dev-{index:D6}", KeepAliveSeconds = 60 });
        WriteSubscribe(filter);
        Send(client, _out.Written);
        return client;
    }

    private void WriteSubscribe(string filter) => PacketEncoder.Subscribe(
        _out, MqttProtocolVersion.V311, new SubscribePacket(1, [new MqttTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce)], null));

    private void WritePublish(string topic, ushort id)
    {
        Span<byte> utf8 = stackalloc byte[64];
        var length = Encoding.UTF8.GetBytes(topic, utf8);
        PacketEncoder.Publish(
            _out,
            MqttProtocolVersion.V311,
            new PublishPacket { Topic = utf8[..length], Payload = _payload, Qos = MqttQualityOfServiceLevel.AtLeastOnce, PacketId = id },
            []);
    }

    private static void Send(Client client, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = LinuxSockets.Send(client.Descriptor, bytes);
            if (sent < 0 && Marshal.GetLastPInvokeError() is not (LinuxSockets.TryAgain or LinuxSockets.Interrupted))
            {
                throw new InvalidOperationException("The broker closed a connection.");
            }

            bytes = bytes[Math.Max(0, sent)..];
        }
    }

    private void RunUntil(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        do
        {
            RunOnce(condition() ? 0 : 100);
            if (TimeProvider.System.GetElapsedTime(started) > s_patience)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{Answers} answers after {s_patience}."));
            }
        }
        while (!condition());
    }

    private void RunOnce(int timeout = 100)
    {
        var count = LinuxSockets.Wait(_epoll, _events, timeout);
        for (var i = 0; i < count; i++)
        {
            Read(_byDescriptor[LinuxSockets.Event(_events, i).Descriptor]);
        }
    }

    private void Read(Client client)
    {
        client.Left.CopyTo(_buffer, 0);
        var have = client.Left.Length;
        var read = LinuxSockets.Receive(client.Descriptor, _buffer.AsSpan(have));
        if (read == 0)
        {
            throw new InvalidOperationException("The broker closed a connection.");
        }

        have += Math.Max(0, read);
        var used = 0;
        while (Frame.TryRead(_buffer.AsSpan(used, have - used), out var frame) == FrameStatus.Ok && frame.TotalLength <= have - used)
        {
            Take(frame, _buffer.AsSpan(used + frame.HeaderLength, frame.BodyLength));
            used += frame.TotalLength;
        }

        client.Left = used == have ? [] : _buffer[used..have];
        if (_acks.Length > 0)
        {
            Send(client, _acks.Written);
            _acks.Truncate(0);
        }
    }

    private void Take(Frame frame, ReadOnlySpan<byte> body)
    {
        switch (frame.Type)
        {
            case PacketType.Publish:
                Delivered++;
                var topic = body[0] << 8 | body[1];
                if ((frame.First & 6) != 0)
                {
                    var id = (ushort)(body[2 + topic] << 8 | body[3 + topic]);
                    PacketEncoder.Ack(_acks, PacketType.PubAck, MqttProtocolVersion.V311, id, MqttReasonCode.Success);
                }

                break;
            case PacketType.PubAck:
                Acknowledged++;
                break;
            default:
                Answers++;
                break;
        }
    }

    /// <summary>One client.</summary>
    internal sealed class Client(Socket socket, int descriptor)
    {
        public Socket Socket { get; } = socket;

        public int Descriptor { get; } = descriptor;

        /// <summary>The beginning of a packet whose end has not come.</summary>
        public byte[] Left { get; set; } = [];
    }
}
