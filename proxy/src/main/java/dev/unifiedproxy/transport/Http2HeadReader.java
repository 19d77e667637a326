package dev.unifiedproxy.transport;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

import java.util.ArrayList;
import java.util.List;

/**
 * Netty's HPACK decoder, unchecked, with blocks that remember the order in which their fields came.
 *
 * <p>Netty's own container sorts pseudo-header fields to the front, so that one behind a regular
 * field (<a href="https://datatracker.ietf.org/doc/html/rfc9113#section-8.3">RFC 9113 section
 * 8.3</a>: malformed) would look like any other.
 */
public final class Http2HeadReader extends DefaultHttp2HeadersDecoder {
    /**
     * A decoder.
     *
     * @param maxHeaderList in bytes, as section 6.5.2 counts them; what is longer is a stream's
     *     error, and the connection's from a quarter more on
     */
    public Http2HeadReader(long maxHeaderList) {
        super(false, maxHeaderList);
    }

    @Override
    protected Http2Headers newHeaders() {
        return new Arrived(numberOfHeadersGuess());
    }

    /** A block as it came. */
    static final class Arrived extends DefaultHttp2Headers {
        private final List<String> lines;

        private Arrived(int expected) {
            super(false, expected);
            lines = new ArrayList<>(2 * expected);
        }

        @Override
        public Http2Headers add(CharSequence name, CharSequence value) {
            lines.add(name.toString());
            lines.add(value.toString());
            return super.add(name, value);
        }

        List<String> lines() {
            return lines;
        }

        /** The order is for readers of the wire; two blocks are equal as Netty's are. */
        @Override
        public boolean equals(Object other) {
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }
}
