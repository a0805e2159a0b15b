package io.logpipeline.crash;

import static io.logpipeline.crash.Nature.CALL;
import static io.logpipeline.crash.Nature.CLOSE;
import static io.logpipeline.crash.Nature.CUT;
import static io.logpipeline.crash.Nature.FORCE;
import static io.logpipeline.crash.Nature.FORCE_DIRECTORY;
import static io.logpipeline.crash.Nature.LOOK;
import static io.logpipeline.crash.Nature.NAME;
import static io.logpipeline.crash.Nature.PATH;
import static io.logpipeline.crash.Nature.QUESTION;
import static io.logpipeline.crash.Nature.READ;
import static io.logpipeline.crash.Nature.UNNAME;
import static io.logpipeline.crash.Nature.WRITE;

import io.logpipeline.faults.Point;
import java.util.ArrayList;
import java.util.List;

/** Every step of production as a row; a step that has none fails the build. */
final class Matrix {
    private static final List<Row> ROWS = rows();

    private Matrix() {}

    static List<Row> all() {
        return ROWS;
    }

    static List<Point> points() {
        return ROWS.stream().flatMap(row -> row.points().stream()).toList();
    }

    /** What each build plays. */
    static List<Point> distinctPoints() {
        return ROWS.stream().flatMap(row -> row.distinctPoints().stream()).toList();
    }

    static Row rowOf(Point point) {
        return ROWS.stream()
                .filter(row -> row.has(point))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no row has " + point));
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.addAll(chunks());
        rows.addAll(tornLine());
        rows.addAll(newFile());
        rows.addAll(unsettledTail());
        rows.addAll(newStore());
        rows.addAll(newDirectory());
        rows.addAll(probe());
        rows.addAll(calls());
        return rows;
    }

    /** Three chunks behind a torn line: 3, 3 and 1 events. */
    private static List<Row> chunks() {
        Rows torn = new Rows(Scenario.TORN);
        torn.each("TAKE", CALL, 1);
        torn.each("CLAIM", CALL, 1);
        torn.each("READ", QUESTION, 1, 2);
        torn.eachChunk("COMMIT", CALL, 1, 2, 3);
        torn.each("RENEW@chunk", CALL, 1);
        torn.each("ACKNOWLEDGE", CALL, 1);
        // The sighting, the look before it is opened, and the look under its lock.
        torn.each("disk.stat@day", PATH, 1, 2);
        torn.each("disk.stat@day", PATH, 3);
        // That of what is read ahead, before the commit.
        torn.each("disk.stat@day", PATH, 4);
        torn.eachChunk("disk.open@day", PATH, 1);
        torn.eachChunk("disk.tryLock@day", LOOK, 1);
        torn.eachChunk("disk.sizeBytes@day", LOOK, 1);
        torn.eachChunk("disk.write@day", WRITE, 1, 2, 3);
        // The first is that of the cut.
        torn.eachChunk("disk.force@day", FORCE, 1, 2, 4);
        torn.eachChunk("disk.close@day", CLOSE, 1, 3);
        return torn.list;
    }

    private static List<Row> tornLine() {
        Rows torn = new Rows(Scenario.TORN);
        // Of the byte before the tail, of the tail, and of what is saved from it.
        torn.each("disk.read@day", READ, 1, 2, 3);
        torn.each("disk.create@torn", NAME, 1);
        torn.each("disk.open@torn", PATH, 1);
        torn.each("disk.sizeBytes@torn", LOOK, 1);
        torn.each("disk.write@torn", WRITE, 1);
        torn.each("disk.force@torn", FORCE, 1);
        torn.each("disk.forceDirectory@user", FORCE_DIRECTORY, 1);
        torn.each("disk.truncate@day", CUT, 1);
        torn.each("disk.close@torn", CLOSE, 1);
        Rows full = new Rows(Scenario.FULL);
        full.each("disk.truncate@torn", CUT, 1);
        // The first one cuts the torn line off.
        full.each("disk.truncate@day", CUT, 2);
        torn.list.addAll(full.list);
        return torn.list;
    }

    private static List<Row> newFile() {
        Rows fresh = new Rows(Scenario.FRESH);
        fresh.each("WAITING", QUESTION, 1);
        fresh.each("disk.createDirectory@user", NAME, 1);
        fresh.each("disk.create@day", NAME, 1);
        fresh.each("disk.write@day", WRITE, 1);
        fresh.each("disk.force@day", FORCE, 1);
        fresh.each("disk.forceDirectory@user", FORCE_DIRECTORY, 1);
        fresh.each("disk.forceDirectory@logs", FORCE_DIRECTORY, 1);
        fresh.each("CLAIM", CALL, 1);
        fresh.each("PENDING", QUESTION, 1);
        Rows many = new Rows(Scenario.LONG);
        many.each("READBATCH", QUESTION, 1, 2);
        fresh.list.addAll(many.list);
        Rows synced = new Rows(Scenario.SYNCED);
        synced.each("disk.openFileSystem@logs", PATH, 1);
        synced.each("disk.holds@day", PATH, 1);
        synced.each("disk.write@day", WRITE, 1);
        synced.each("disk.sync@logs", FORCE, 1, 2);
        synced.each("COMMIT", CALL, 1);
        fresh.list.addAll(synced.list);
        return fresh.list;
    }

    /** A batch of a dead replica, some lines of which are in the file. */
    private static List<Row> unsettledTail() {
        Rows left = new Rows(Scenario.LEFT);
        left.each("RECLAIM", CALL, 1);
        // What is there is read again and written back before the rest is appended.
        left.each("disk.read@day", READ, 4);
        left.each("disk.write@day", WRITE, 1, 2);
        left.each("disk.force@day", FORCE, 2);
        left.each("disk.forceDirectory@user", FORCE_DIRECTORY, 2);
        left.each("disk.forceDirectory@logs", FORCE_DIRECTORY, 1);
        return left.list;
    }

    /** The dot file is replaced. */
    private static List<Row> newStore() {
        Rows store = new Rows(Scenario.STORE);
        store.each("STORE", CALL, 1);
        store.each("LEASE@volume", CALL, 1);
        store.each("disk.stat@logs", PATH, 1);
        store.each("disk.open@dotlock", PATH, 1);
        store.each("disk.tryLock@dotlock", LOOK, 1);
        store.each("disk.stat@dot", PATH, 1, 2);
        store.each("disk.open@dot", PATH, 1);
        store.each("disk.read@dot", READ, 1);
        store.each("disk.close@dotlock", CLOSE, 1);
        store.each("disk.close@dot", CLOSE, 1);
        store.each("disk.close@newdot", CLOSE, 1);
        store.each("disk.delete@newdot", UNNAME, 1);
        store.each("disk.create@newdot", NAME, 1);
        store.each("disk.open@newdot", PATH, 1);
        store.each("disk.write@newdot", WRITE, 1);
        store.each("disk.force@newdot", FORCE, 1);
        store.each("disk.replace@dot", NAME, 1);
        store.each("disk.forceDirectory@logs", FORCE_DIRECTORY, 1);
        Rows noted = new Rows(Scenario.NOTED);
        noted.each("disk.forceDirectory@logs", FORCE_DIRECTORY, 1);
        store.list.addAll(noted.list);
        return store.list;
    }

    /** The log directory itself is made, with its dot file. */
    private static List<Row> newDirectory() {
        Rows home = new Rows(Scenario.HOME);
        home.each("disk.stat@above", PATH, 1);
        home.each("disk.createDirectory@logs", NAME, 1);
        home.each("disk.create@dotlock", NAME, 1);
        home.each("disk.forceDirectory@above", FORCE_DIRECTORY, 1);
        home.each("disk.replace@dot", NAME, 1);
        return home.list;
    }

    private static List<Row> probe() {
        Rows home = new Rows(Scenario.HOME);
        home.each("disk.space@logs", PATH, 1);
        home.each("disk.create@probe", NAME, 1);
        home.each("disk.open@probe", PATH, 1);
        home.each("disk.truncate@probe", CUT, 1, 2);
        home.each("disk.write@probe", WRITE, 1);
        home.each("disk.force@probe", FORCE, 1);
        home.each("disk.stat@probe", PATH, 1);
        home.each("disk.close@probe", CLOSE, 1);
        return home.list;
    }

    private static List<Row> calls() {
        Rows again = new Rows(Scenario.AGAIN);
        again.each("NOTIFY@commit", CALL, 1);
        Rows swept = new Rows(Scenario.SWEPT);
        swept.each("LEASE@sweeper", CALL, 1);
        swept.each("SCAN@lists", QUESTION, 1);
        swept.each("TEND", CALL, 1);
        swept.each("ENTRIES", QUESTION, 1);
        swept.each("NOTIFY@sweep", CALL, 1);
        swept.each("SCAN@batches", QUESTION, 1);
        swept.each("RETIRE", CALL, 1);
        Rows resharded = new Rows(Scenario.RESHARDED);
        resharded.each("REMOVE", CALL, 1);
        Rows locked = new Rows(Scenario.LOCKED);
        locked.each("RELEASE@list", CALL, 1);
        Rows ended = new Rows(Scenario.ENDED);
        ended.each("RENEW@return", CALL, 1);
        ended.each("RELEASE@sweeper", CALL, 1);
        Rows away = new Rows(Scenario.AWAY);
        away.each("INFO", QUESTION, 1);
        away.each("GROUP", CALL, 1);
        Rows appending = new Rows(Scenario.APPENDING);
        appending.each("REWRITEAOF", CALL, 1);
        Rows watched = new Rows(Scenario.WATCHED);
        watched.each("REPLICAS", QUESTION, 1);
        watched.each("HOLDER", QUESTION, 1);
        Rows api = new Rows(Scenario.API);
        api.each("PUSH", CALL, 1, 2, 3);
        api.each("NOTIFY@push", CALL, 1);
        List<Row> rows = new ArrayList<>();
        for (Rows each :
                List.of(again, swept, resharded, locked, ended, away, appending, watched, api)) {
            rows.addAll(each.list);
        }
        return rows;
    }

    private record Rows(Scenario scenario, List<Row> list) {
        Rows(Scenario scenario) {
            this(scenario, new ArrayList<>());
        }

        void each(String step, Nature nature, int... occurrences) {
            add(false, step, nature, occurrences);
        }

        void eachChunk(String step, Nature nature, int... occurrences) {
            add(true, step, nature, occurrences);
        }

        private void add(boolean eachChunk, String step, Nature nature, int... occurrences) {
            for (int occurrence : occurrences) {
                list.add(new Row(scenario, step, occurrence, nature, eachChunk));
            }
        }
    }
}
