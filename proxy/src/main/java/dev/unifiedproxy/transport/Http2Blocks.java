package dev.unifiedproxy.transport;

import dev.unifiedproxy.http.Headers;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Header blocks of HTTP/2 between Netty's form and ours; nothing is checked or left out here. */
public final class Http2Blocks {
    private Http2Blocks() {}

    /** Name, value, name, value, … in the order of the block, one character for each byte. */
    public static List<String> lines(Http2Headers block) {
        if (block instanceof Http2HeadReader.Arrived arrived) {
            return arrived.lines();
        }
        List<String> lines = new ArrayList<>(2 * block.size());
        for (Map.Entry<CharSequence, CharSequence> field : block) {
            lines.add(field.getKey().toString());
            lines.add(field.getValue().toString());
        }
        return lines;
    }

    /** The head of a response. */
    public static Http2Headers response(int status, Headers headers) {
        Http2Headers block = new DefaultHttp2Headers(false, headers.size() + 2);
        block.status(Integer.toString(status));
        append(block, headers);
        return block;
    }

    /** The fields behind a body. */
    public static Http2Headers trailers(Headers headers) {
        Http2Headers block = new DefaultHttp2Headers(false, headers.size() + 1);
        append(block, headers);
        return block;
    }

    private static void append(Http2Headers block, Headers headers) {
        for (int i = 0; i < headers.size(); i++) {
            block.add(headers.name(i).toLowerCase(Locale.ROOT), headers.value(i));
        }
    }
}
