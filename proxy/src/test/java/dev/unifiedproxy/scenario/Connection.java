package dev.unifiedproxy.scenario;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import javax.net.ssl.SSLSocket;

/** A client's connection: bytes in, bytes out. */
public final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket, Transcript transcript) throws IOException {
        this.socket = socket;
        this.in =
                socket instanceof SSLSocket
                        ? new BufferedInputStream(new Recorded(socket.getInputStream(), transcript))
                        : new Recorded(socket.getInputStream(), transcript);
        this.out = socket.getOutputStream();
    }

    Socket socket() {
        return socket;
    }

    /** Certificates that the proxy showed. */
    public SSLSocket tls() {
        return (SSLSocket) socket;
    }

    /** Sends text, each character one byte. */
    public void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Sends bytes. */
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** What the connection has become after a 101. */
    WebSocketPeer webSocket() {
        return new WebSocketPeer(in, out, true);
    }

    /** Reads one reply; a body without length is read to the end. */
    public Reply read() throws IOException {
        return read(true);
    }

    /** Reads one reply to a HEAD. */
    public Reply readHeadOnly() throws IOException {
        return read(false);
    }

    private Reply read(boolean withBody) throws IOException {
        Wire.Head head =
                Wire.head(in).orElseThrow(() -> new SocketException("closed before a reply"));
        int status = Integer.parseInt(head.firstLine().substring(9, 12));
        boolean bodiless =
                !withBody
                        || status < 200
                        || status == 204
                        || status == 304
                        || (status == 200 && head.fields().isEmpty());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        List<Wire.Field> trailers =
                bodiless
                        ? List.of()
                        : Wire.body(in, head, (bytes, length) -> body.write(bytes, 0, length));
        return new Reply(
                status, head.fields(), body.toString(StandardCharsets.ISO_8859_1), trailers);
    }

    /** Reads the head of a reply; its body stays where it is. */
    public Wire.Head readHead() throws IOException {
        return Wire.head(in).orElseThrow(() -> new SocketException("closed before a reply"));
    }

    /** Reads and drops so many bytes. */
    public void skip(long count) throws IOException {
        in.skipNBytes(count);
    }

    /** Reads until the text has come. */
    public void readUntil(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new SocketException("closed before " + text);
            }
            read.append((char) next);
        }
    }

    /** Whether the proxy closes the connection; waits for it. */
    public boolean closed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** The next bytes, each a character. */
    public String read(int count) throws IOException {
        return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    /** Whether the connection ends after what still comes. */
    public boolean closedAfterRest() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
        return true;
    }

    /** How long a read waits. */
    public void patience(int milliseconds) throws IOException {
        socket.setSoTimeout(milliseconds);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Recorded extends FilterInputStream {
        private final Transcript transcript;

        Recorded(InputStream in, Transcript transcript) {
            super(in);
            this.transcript = transcript;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count > 0) {
                byte[] copy = new byte[count];
                System.arraycopy(bytes, offset, copy, 0, count);
                transcript.add(copy, count);
            }
            return count;
        }
    }
}
