package dev.unifiedproxy.process;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

/**
 * Plays github.com: git's own {@code http-backend} as a CGI program, for callers with the token as
 * {@code x-access-token}'s password.
 */
final class GitBackend implements HttpHandler {
    private final Path repositories;
    private final String authorization;

    GitBackend(Path repositories, String token) {
        this.repositories = repositories;
        this.authorization =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(
                                        ("x-access-token:" + token)
                                                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                run(exchange);
            } else {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"GitHub\"");
                exchange.sendResponseHeaders(401, -1);
            }
        }
    }

    private void run(HttpExchange exchange) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        variables(exchange, builder.environment());
        Process backend = builder.start();
        try (OutputStream in = backend.getOutputStream()) {
            exchange.getRequestBody().transferTo(in);
        }
        try (InputStream out = new BufferedInputStream(backend.getInputStream())) {
            int status = 200;
            for (String line = line(out); !line.isEmpty(); line = line(out)) {
                String name = line.substring(0, line.indexOf(':'));
                String value = line.substring(name.length() + 1).strip();
                if (name.equals("Status")) {
                    status = Integer.parseInt(value.substring(0, 3));
                } else {
                    exchange.getResponseHeaders().add(name, value);
                }
            }
            exchange.sendResponseHeaders(status, 0);
            out.transferTo(exchange.getResponseBody());
        }
    }

    /** The variables of https://datatracker.ietf.org/doc/html/rfc3875 that git reads. */
    private void variables(HttpExchange exchange, Map<String, String> environment) {
        Headers headers = exchange.getRequestHeaders();
        environment.clear();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", repositories.toString());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_COUNT", "1");
        environment.put("GIT_CONFIG_KEY_0", "safe.directory");
        environment.put("GIT_CONFIG_VALUE_0", "*");
        environment.put("GIT_PROJECT_ROOT", repositories.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REMOTE_USER", "x-access-token");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        String query = exchange.getRequestURI().getQuery();
        environment.put("QUERY_STRING", query == null ? "" : query);
        copy(headers, "Content-Type", environment, "CONTENT_TYPE");
        copy(headers, "Content-Length", environment, "CONTENT_LENGTH");
        copy(headers, "Content-Encoding", environment, "HTTP_CONTENT_ENCODING");
        copy(headers, "Git-Protocol", environment, "GIT_PROTOCOL");
    }

    private static void copy(
            Headers headers, String field, Map<String, String> environment, String variable) {
        String value = headers.getFirst(field);
        if (value != null) {
            environment.put(variable, value);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
