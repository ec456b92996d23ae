using System.Buffers.Binary;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer.Keeper;

/// <summary>Answers the agent's requests on the keeper's socket. Used by the keeper's one thread only.</summary>
internal sealed unsafe class KeeperServer
{
    /// <summary>One agent connects; a second one is there during an update, a third is an operator.</summary>
    private const int MaxConnections = 8;

    private readonly int _listener;
    private readonly KeeperContainers _containers;
    private readonly List<KeeperConnection> _connections = [];
    private readonly byte[] _frame = new byte[KeeperProtocol.MaxFrame + 4];

    public KeeperServer(int listener, KeeperContainers containers)
    {
        _listener = listener;
        _containers = containers;
        containers.Changed = Announce;
    }

    public bool IsStopped { get; private set; }

    public void AddTo(PollSet set)
    {
        for (var i = _connections.Count - 1; i >= 0; i--)
        {
            if (!_connections[i].IsOpen)
            {
                _connections[i].Close();
                _connections.RemoveAt(i);
            }
        }

        set.Add(_listener, false, this);
        foreach (var connection in _connections)
        {
            set.Add(connection.Fd, connection.WantsToWrite, connection);
        }
    }

    public void Accept()
    {
        const int nonBlockingCloseOnExec = 0x80800;
        var fd = LibcFiles.Accept(_listener, null, null, nonBlockingCloseOnExec);
        if (fd < 0)
        {
            return;
        }

        if (_connections.Count >= MaxConnections || !IsOurUser(fd))
        {
            _ = LibcFiles.Close(fd);
            return;
        }

        _connections.Add(new KeeperConnection(fd));
    }

    public void Serve(KeeperConnection connection)
    {
        connection.Flush();
        connection.Receive();
        while (connection.TryTake(out var verb, out var requestId, out var payload))
        {
            Answer(connection, verb, requestId, payload);
        }
    }

    private void Answer(KeeperConnection client, KeeperVerb verb, uint requestId, byte[] payload)
    {
        switch (verb)
        {
            case KeeperVerb.Ping:
                SendPong(client, requestId);
                return;
            case KeeperVerb.Subscribe:
            case KeeperVerb.List:
                client.IsSubscribed |= verb == KeeperVerb.Subscribe;
                foreach (var container in _containers.All)
                {
                    SendState(client, requestId, container.State);
                }

                SendDone(client, requestId);
                return;
            case KeeperVerb.Stop:
                IsStopped = true;
                SendDone(client, requestId);
                return;
            case KeeperVerb.Start or KeeperVerb.Kill or KeeperVerb.Signal or KeeperVerb.Forget:
                ReadOnlySpan<byte> rest = payload;
                if (!KeeperProtocol.TryReadText(ref rest, out var id) || ContainerPaths.Validate("container", id) is not null)
                {
                    SendError(client, requestId, KeeperErrorCode.BadRequest, "the container id is missing or not allowed");
                    return;
                }

                AnswerAbout(client, verb, requestId, id, rest.Length >= 8 ? BinaryPrimitives.ReadInt64LittleEndian(rest) : 0);
                return;
            case KeeperVerb.Done or KeeperVerb.Error or KeeperVerb.State or KeeperVerb.Pong:
            default:
                SendError(client, requestId, KeeperErrorCode.BadRequest, $"this keeper does not know the request {(int)verb}");
                return;
        }
    }

    private void AnswerAbout(KeeperConnection client, KeeperVerb verb, uint requestId, string id, long number)
    {
        var container = _containers.Find(id);
        if (verb == KeeperVerb.Start)
        {
            Start(client, requestId, id, container);
        }
        else if (container is null)
        {
            SendError(client, requestId, KeeperErrorCode.UnknownContainer, $"the keeper knows no container '{id}'");
        }
        else if (verb == KeeperVerb.Kill)
        {
            _containers.Kill(container, number);
            SendState(client, requestId, container.State);
        }
        else if (verb == KeeperVerb.Signal)
        {
            _ = container.State.Phase < KeptPhase.Ending
                && ProcessTable.Signal(container.State.Pid, container.State.StartTicks, (int)number);
            SendDone(client, requestId);
        }
        else if (container.State.Phase != KeptPhase.Exited)
        {
            SendError(client, requestId, KeeperErrorCode.StillRunning, $"container '{id}' still runs");
        }
        else if (_containers.Forget(container) is { } problem)
        {
            SendError(client, requestId, KeeperErrorCode.Failed, problem);
        }
        else
        {
            SendDone(client, requestId);
        }
    }

    private void Start(KeeperConnection client, uint requestId, string id, KeptContainer? container)
    {
        if (container is null)
        {
            if (_containers.All.Count() >= KeeperContainers.MaxContainers)
            {
                SendError(
                    client, requestId, KeeperErrorCode.Full, $"the keeper holds {KeeperContainers.MaxContainers} containers, its maximum");
                return;
            }

            if (_containers.Start(id, out container) is { } problem)
            {
                SendError(client, requestId, KeeperErrorCode.Failed, problem);
                return;
            }
        }

        if (container!.State.Phase is KeptPhase.Running or KeptPhase.Exited) // Start gives a container when it gives no problem.
        {
            SendState(client, requestId, container.State);
        }
        else
        {
            container.Waiters.Add((client, requestId));
        }
    }

    private void Announce(KeptContainer container)
    {
        foreach (var (client, requestId) in container.Waiters)
        {
            SendState(client, requestId, container.State);
        }

        container.Waiters.Clear();
        foreach (var connection in _connections)
        {
            if (connection.IsSubscribed)
            {
                SendState(connection, 0, container.State);
            }
        }
    }

    private void SendState(KeeperConnection client, uint requestId, KeptState state) =>
        client.Send(_frame.AsSpan(0, KeeperProtocol.WriteState(_frame, requestId, state)));

    private void SendDone(KeeperConnection client, uint requestId) =>
        client.Send(_frame.AsSpan(0, KeeperProtocol.Write(_frame, KeeperVerb.Done, requestId, [])));

    private void SendError(KeeperConnection client, uint requestId, KeeperErrorCode code, string sentence) =>
        client.Send(_frame.AsSpan(0, KeeperProtocol.WriteError(_frame, requestId, code, sentence)));

    private void SendPong(KeeperConnection client, uint requestId)
    {
        var payload = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(payload, Environment.ProcessId);
        var length = KeeperProtocol.WriteText(payload, 4, AgentVersion.Text);
        client.Send(_frame.AsSpan(0, KeeperProtocol.Write(_frame, KeeperVerb.Pong, requestId, payload.AsSpan(0, length))));
    }

    /// <summary>The socket's mode keeps others out already; this is the second lock.</summary>
    private static bool IsOurUser(int fd)
    {
        const int socketLevel = 1;
        const int peerCredentials = 17;
        var credentials = stackalloc uint[3];
        var length = 3 * sizeof(uint);
        return LibcFiles.GetSocketOption(fd, socketLevel, peerCredentials, credentials, &length) == 0
            && (credentials[1] == 0 || credentials[1] == Libc.GetEffectiveUid());
    }
}
