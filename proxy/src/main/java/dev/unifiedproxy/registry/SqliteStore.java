package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * The connection to the database file. Used by one thread at a time.
 *
 * <p>The live file is never opened but through SQLite: closing any other descriptor of it in this
 * process would drop SQLite's POSIX locks (<a href="https://sqlite.org/howtocorrupt.html">How To
 * Corrupt An SQLite Database File, section 2.2</a>). Looking at its attributes is harmless.
 */
final class SqliteStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);
    private static final int PRIMARY_CODE = 0xff;

    private final DatabaseFiles files;
    private @Nullable Connection connection;
    private DatabaseFiles.@Nullable Stamp stamp;

    SqliteStore(Path file) {
        this.files = new DatabaseFiles(file);
    }

    /**
     * Opens the database, or creates it, and brings its schema up to date.
     *
     * @throws DamagedDatabaseException when it is malformed
     */
    void open() throws DamagedDatabaseException, SQLException, IOException {
        files.prepare();
        Connection opened = null;
        try {
            opened = connect();
            writeAhead(opened);
            quickCheck(opened);
            Migrations.run(opened);
            connection = opened;
            opened = null;
            restamp();
        } catch (SQLException e) {
            throw damageOr(e);
        } finally {
            closeQuietly(opened);
        }
    }

    private Connection connect() throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + files.main());
        Connection opened = source.getConnection();
        try (Statement statement = opened.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("PRAGMA trusted_schema = OFF");
            statement.execute("PRAGMA cell_size_check = ON");
            return opened;
        } catch (SQLException e) {
            closeQuietly(opened);
            throw e;
        }
    }

    private static void writeAhead(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
        }
    }

    private static void quickCheck(Connection opened)
            throws SQLException, DamagedDatabaseException {
        try (Statement statement = opened.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            String verdict = rows.next() ? rows.getString(1) : "no answer";
            if (!"ok".equals(verdict)) {
                throw new DamagedDatabaseException(
                        "database disk image is malformed (quick_check: " + verdict + ")");
            }
        }
    }

    /** All rows that can be read as registrations, the most recently seen first. */
    List<Container> load() throws DamagedDatabaseException, SQLException {
        try {
            return ContainerRows.load(live());
        } catch (SQLException e) {
            throw damageOr(e);
        }
    }

    /** Writes the changes in one transaction, in this order. */
    void commit(List<Change> changes) throws DamagedDatabaseException, SQLException, IOException {
        Connection open = live();
        try {
            open.setAutoCommit(false);
            ContainerRows.write(open, changes);
            open.commit();
            open.setAutoCommit(true);
        } catch (SQLException e) {
            rollBack(open);
            throw damageOr(e);
        }
        restamp();
    }

    /** A transaction that cannot even be rolled back needs a new connection. */
    private void rollBack(Connection open) {
        try {
            open.rollback();
            open.setAutoCommit(true);
        } catch (SQLException e) {
            LOG.warn("Registry database {}: rollback failed: {}", files.main(), e.getMessage());
            close();
        }
    }

    boolean isOpen() {
        return connection != null;
    }

    /**
     * Looks whether the file is still the one that was opened and, when somebody else has touched
     * it, whether it is still sound.
     *
     * @throws DamagedDatabaseException when it was removed, replaced or damaged
     */
    void verify() throws DamagedDatabaseException, SQLException, IOException {
        DatabaseFiles.Stamp expected = stamp;
        if (expected == null) {
            return;
        }
        switch (files.compare(expected)) {
            case SAME -> {}
            case GONE ->
                    throw new DamagedDatabaseException(
                            "the file was removed or replaced while the proxy was running");
            case TOUCHED -> {
                // A connection of its own: this one would answer from its page cache.
                try (Connection second = connect()) {
                    quickCheck(second);
                    ContainerRows.requireTable(second);
                } catch (SQLException e) {
                    throw damageOr(e);
                }
                restamp();
            }
        }
    }

    /** Closes the connection and moves the files away; nothing is lost. */
    Optional<String> setAside(String time) throws IOException {
        close();
        return files.setAside(time);
    }

    @Override
    public void close() {
        closeQuietly(connection);
        connection = null;
        stamp = null;
    }

    private void closeQuietly(@Nullable Connection opened) {
        if (opened == null) {
            return;
        }
        try {
            opened.close();
        } catch (SQLException e) {
            LOG.warn("Registry database {}: closing failed: {}", files.main(), e.getMessage());
        }
    }

    private void restamp() throws IOException {
        stamp = files.stamp();
    }

    private Connection live() throws SQLException {
        Connection open = connection;
        if (open == null) {
            throw new SQLException("The registry database is not open");
        }
        return open;
    }

    /** Splits damage from trouble that passes, such as a full disk or a lock. */
    private static SQLException damageOr(SQLException e) throws DamagedDatabaseException {
        if (e instanceof SQLiteException sqlite) {
            int code = sqlite.getResultCode().code & PRIMARY_CODE;
            if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
                    || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
                throw new DamagedDatabaseException(String.valueOf(e.getMessage()), e);
            }
        }
        return e;
    }
}
