using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Edge.Contracts.Mesos;

/// <summary>The ways in which bytes fail to be a message.</summary>
public enum MesosParseFailure
{
    /// <summary>They did not fail.</summary>
    None,

    /// <summary>More bytes than the limit; nothing was read.</summary>
    TooLarge,

    /// <summary>The text is no JSON, or nested too deeply.</summary>
    NotJson,

    /// <summary>The text is JSON and does not fit the message: a value of the wrong type, or a required field missing.</summary>
    WrongShape,

    /// <summary>The bytes are no protobuf of this message, are nested too deeply, or lack a required field.</summary>
    NotProtobuf,
}

/// <summary>A message read from bytes, or why there is none.</summary>
/// <param name="Message">The message, or null when the bytes were refused.</param>
/// <param name="Failure">Which way they failed.</param>
/// <param name="Error">The sentence that answers the caller, as Mesos words it; empty when nothing failed.</param>
/// <remarks>Source: apache/mesos src/master/http.cpp, Master::Http::scheduler, the texts of its 400 answers.</remarks>
public readonly record struct MesosParse<T>(T? Message, MesosParseFailure Failure, string Error)
    where T : class, IMessage<T>
{
    /// <summary>True when there is a message.</summary>
    [MemberNotNullWhen(true, nameof(Message))]
    public bool Ok => Failure == MesosParseFailure.None;

    internal static MesosParse<T> Read(T message) => new(message, MesosParseFailure.None, string.Empty);

    internal static MesosParse<T> Failed(MesosParseFailure failure, string error) => new(null, failure, error);
}
