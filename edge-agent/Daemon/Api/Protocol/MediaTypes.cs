using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Edge.Daemon.Api.Protocol;

/// <summary>The two forms in which every message of the API travels.</summary>
public enum WireForm
{
    /// <summary><c>application/json</c>.</summary>
    Json,

    /// <summary><c>application/x-protobuf</c>.</summary>
    Protobuf,
}

/// <summary>Chooses between the forms by the request's headers.</summary>
/// <remarks>Source: apache/mesos src/common/http.cpp and 3rdparty/libprocess, Request::acceptsMediaType.</remarks>
public static class MediaTypes
{
    public const string Json = "application/json";

    public const string Protobuf = "application/x-protobuf";

    public const string RecordIo = "application/recordio";

    /// <summary>The answer's <c>Content-Type</c>, to the letter: clients compare it whole, so no charset is added.</summary>
    public static string Name(this WireForm form) => form == WireForm.Json ? Json : Protobuf;

    /// <summary>The form that a <c>Content-Type</c> (or <c>Message-Content-Type</c>) names, or null for any other, which is a
    /// 415.</summary>
    /// <remarks>Parameters such as a charset are let pass; Mesos itself refuses them.</remarks>
    public static WireForm? OfContent(string? contentType) =>
        IsType(contentType, Json) ? WireForm.Json : IsType(contentType, Protobuf) ? WireForm.Protobuf : null;

    /// <summary>True when the header names this type, whatever its parameters.</summary>
    public static bool IsType(string? header, string mediaType) =>
        header is not null
        && header.AsSpan(0, header.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : header.Length)
            .Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The form to answer in, or null when the caller takes neither, which is a 406. JSON wins where both will do.</summary>
    public static WireForm? Negotiate(StringValues accept) =>
        Accepts(accept, Json) ? WireForm.Json : Accepts(accept, Protobuf) ? WireForm.Protobuf : null;

    /// <summary>True when an <c>Accept</c> header allows this type; a missing one allows everything.</summary>
    public static bool Accepts(StringValues accept, string mediaType)
    {
        var wildcard = string.Concat(mediaType.AsSpan(0, mediaType.IndexOf('/', StringComparison.Ordinal) + 1), "*");
        var any = false;
        foreach (var item in Items(accept))
        {
            any = true;
            if ((IsType(item, mediaType) || IsType(item, "*/*") || IsType(item, wildcard)) && Quality(item) > 0)
            {
                return true;
            }
        }

        return !any;
    }

    /// <summary>True when an <c>Accept-Encoding</c> header names gzip and does not rule it out.</summary>
    public static bool AcceptsGzip(StringValues acceptEncoding)
    {
        foreach (var item in Items(acceptEncoding))
        {
            if (IsType(item, "gzip") && Quality(item) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Items(StringValues header) => header.SelectMany(line =>
        (line ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>The weight of an item, 0 to 1; one that cannot be read counts as 1.</summary>
    private static double Quality(string item)
    {
        foreach (var parameter in item.Split(';', StringSplitOptions.TrimEntries).Skip(1))
        {
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                && double.TryParse(parameter.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality))
            {
                return quality;
            }
        }

        return 1;
    }
}
