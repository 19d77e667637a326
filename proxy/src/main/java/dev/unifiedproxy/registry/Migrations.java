package dev.unifiedproxy.registry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The schema, as the steps that lead to it. {@code PRAGMA user_version} says how many were taken.
 * The first step accepts a table that is already there, as the public implementation creates it.
 */
final class Migrations {
    private static final List<List<String>> STEPS =
            List.of(
                    List.of(
                            """
                            CREATE TABLE IF NOT EXISTS containers (
                                container_id TEXT PRIMARY KEY,
                                ip_address TEXT NOT NULL UNIQUE,
                                registered_at REAL NOT NULL,
                                last_seen REAL NOT NULL,
                                ttl_seconds INTEGER NOT NULL DEFAULT 86400,
                                metadata TEXT
                            )\
                            """,
                            "CREATE INDEX IF NOT EXISTS idx_containers_ip"
                                    + " ON containers(ip_address)",
                            "CREATE INDEX IF NOT EXISTS idx_containers_last_seen"
                                    + " ON containers(last_seen)"));

    private Migrations() {}

    /** The version that this program writes. */
    static int latest() {
        return STEPS.size();
    }

    /**
     * Takes the steps that are missing, each in its own transaction.
     *
     * @throws RegistryUnavailableException when the database is of a later program
     */
    static void run(Connection connection) throws SQLException {
        int version = version(connection);
        if (version > latest()) {
            throw new RegistryUnavailableException(
                    "registry database: schema version "
                            + version
                            + " (expected: at most "
                            + latest()
                            + "; it was written by a later version of this program)");
        }
        for (int step = version; step < latest(); step++) {
            take(connection, step);
        }
    }

    static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
            return rows.getInt(1);
        }
    }

    private static void take(Connection connection, int step) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : STEPS.get(step)) {
                statement.executeUpdate(sql);
            }
            statement.executeUpdate("PRAGMA user_version = " + (step + 1));
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
