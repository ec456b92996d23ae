using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Mapping;
using Microsoft.AspNetCore.Http;
using Task = System.Threading.Tasks.Task;

namespace Edge.Daemon.Api.Mesos;

/// <summary>The scheduler API: <c>POST /api/v1/scheduler</c>.</summary>
/// <remarks>The order of the checks is part of the contract. Source: apache/mesos src/master/http.cpp, Master::Http::scheduler.</remarks>
internal sealed class SchedulerEndpoint(MesosHost host)
{
    /// <summary>The header that fences a stale scheduler.</summary>
    public const string StreamIdHeader = "Mesos-Stream-Id";

    /// <summary>Bytes of a call, inflated: a LAUNCH of some thousand tasks is below that.</summary>
    private const int BodyBytesMax = 16 * 1024 * 1024;

    private readonly SubscribeEndpoint _subscribe = new(host);

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await ResponseBody.SendTextAsync(
                context, StatusCodes.Status405MethodNotAllowed, $"Expecting one of {{ 'POST' }}, but received '{request.Method}'");
            return;
        }

        if (string.IsNullOrEmpty(request.ContentType))
        {
            await BadRequestAsync(context, "Expecting 'Content-Type' to be present");
            return;
        }

        if (MediaTypes.OfContent(request.ContentType) is not { } form)
        {
            await ResponseBody.SendTextAsync(
                context,
                StatusCodes.Status415UnsupportedMediaType,
                $"Expecting 'Content-Type' of {MediaTypes.Json} or {MediaTypes.Protobuf}");
            return;
        }

        var body = await RequestBody.ReadAsync(request, BodyBytesMax, context.RequestAborted);
        if (!body.Ok)
        {
            await ResponseBody.SendTextAsync(context, body.Status, body.Error);
            return;
        }

        var parsed = form == WireForm.Json ? MesosJson.Parse<Call>(body.Bytes.AsSpan()) : MesosProto.TryParse<Call>(body.Bytes.AsSpan());
        if (!parsed.Ok)
        {
            await BadRequestAsync(context, parsed.Error);
            return;
        }

        await DispatchAsync(context, parsed.Message);
    }

    private async Task DispatchAsync(HttpContext context, Call call)
    {
        if (CallValidation.Validate(call) is { } fault)
        {
            await BadRequestAsync(context, $"Failed to validate scheduler::Call: {fault}");
            return;
        }

        var answer = MediaTypes.Negotiate(context.Request.Headers.Accept);
        if (answer is null && call.Type is Call.Types.Type.Subscribe or Call.Types.Type.ReconcileOperations)
        {
            await ResponseBody.SendTextAsync(
                context,
                StatusCodes.Status406NotAcceptable,
                $"Expecting 'Accept' to allow {MediaTypes.Json} or {MediaTypes.Protobuf}");
            return;
        }

        string? streamHeader = context.Request.Headers[StreamIdHeader];
        if (call.Type != Call.Types.Type.Subscribe)
        {
            await CallAsync(context, call, streamHeader);
        }
        else if (streamHeader is not null)
        {
            await BadRequestAsync(context, $"Subscribe calls should not include the '{StreamIdHeader}' header");
        }
        else
        {
            await _subscribe.HandleAsync(context, call.Subscribe, answer!.Value);
        }
    }

    private async Task CallAsync(HttpContext context, Call call, string? streamHeader)
    {
        var id = new FrameworkId(call.FrameworkId.Value);
        if (Refuse(id, streamHeader) is { } refusal)
        {
            await ResponseBody.SendTextAsync(context, refusal.Status, refusal.Text);
            return;
        }

        if (call.Type == Call.Types.Type.Unknown)
        {
            await ResponseBody.SendTextAsync(context, StatusCodes.Status501NotImplemented, "The call 'UNKNOWN' is not implemented");
            return;
        }

        // Refuse has seen to it that the header is the id of the current stream.
        var stream = new StreamId(Guid.Parse(streamHeader!));
        var command = CallMapping.ToCommand(call, id, stream);
        if (command is null)
        {
            AnswerFromHere(call, stream);
            await ResponseBody.SendEmptyAsync(context, StatusCodes.Status202Accepted);
            return;
        }

        var reply = await host.Gateway.SubmitAsync(command, context.RequestAborted);
        await ReplyAsync(context, command, reply, streamHeader);
    }

    private async Task ReplyAsync(HttpContext context, ClusterCommand command, CommandReply reply, string? streamHeader)
    {
        if (reply is CommandReply.Rejected rejected)
        {
            var refusal = command is FrameworkCommand call ? Refuse(call.Framework, streamHeader) : null;
            var status = refusal?.Status
                ?? (command is UpdateFramework ? StatusCodes.Status400BadRequest : StatusCodes.Status503ServiceUnavailable);
            await ResponseBody.SendTextAsync(context, status, refusal?.Text ?? rejected.Reason);
            return;
        }

        if (command is UpdateFramework update)
        {
            if (host.Streams.Find(update.Stream) is { } stream)
            {
                stream.Refinement = (update.Spec.Capabilities & FrameworkCapabilities.ReservationRefinement) != 0;
            }

            await ResponseBody.SendEmptyAsync(context, StatusCodes.Status200OK);
            return;
        }

        await ResponseBody.SendEmptyAsync(context, StatusCodes.Status202Accepted);
    }

    /// <summary>Says what no decision is needed for.</summary>
    private void AnswerFromHere(Call call, StreamId stream)
    {
        if (call.Type == Call.Types.Type.ReconcileOperations && host.Streams.Find(stream) is { } open)
        {
            foreach (var operation in call.ReconcileOperations.Operations)
            {
                open.Send(EventMapping.UnknownOperation(operation));
            }
        }
    }

    /// <summary>Holds the caller against the subscription that stands.</summary>
    private Refusal? Refuse(FrameworkId id, string? streamHeader)
    {
        if (!host.Gateway.Snapshot.Frameworks.TryGetValue(id, out var framework))
        {
            return new Refusal(StatusCodes.Status400BadRequest, "Framework cannot be found");
        }

        if (framework.Stream is not { } current)
        {
            return new Refusal(StatusCodes.Status403Forbidden, "Framework is not subscribed");
        }

        if (streamHeader is null)
        {
            return new Refusal(
                StatusCodes.Status400BadRequest, $"All non-subscribe calls should include the '{StreamIdHeader}' header");
        }

        return Guid.TryParse(streamHeader, out var given) && given == current.Value
            ? null
            : new Refusal(
                StatusCodes.Status400BadRequest,
                $"The stream ID '{streamHeader}' included in this request didn't match the stream ID currently associated with "
                + $"framework ID {id}");
    }

    private static Task BadRequestAsync(HttpContext context, string text) =>
        ResponseBody.SendTextAsync(context, StatusCodes.Status400BadRequest, text);

    private sealed record Refusal(int Status, string Text);
}
