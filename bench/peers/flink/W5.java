// Workload W5 in Apache Flink: five windows a camera as one statement set, one slot, state on the heap, sinks that throw
// everything away. `java -cp "libs/*" W5.java <events.csv>` prints `<seconds to read alone> <seconds for all windows>`.

import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

public final class W5 {
    static final List<String> WINDOWS = List.of(
        "TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' MINUTE)",
        "TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '5' MINUTE)",
        "TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' HOUR)",
        "HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '1' MINUTE)",
        "HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)");

    public static void main(String[] arguments) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("parallelism.default", "1");
        configuration.setString("state.backend.type", "hashmap");
        TableEnvironment flink = TableEnvironment.create(
            EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration).build());
        flink.executeSql("CREATE TABLE ev (ts TIMESTAMP(3), cam INT, dir INT, n INT, conf DOUBLE, "
            + "WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH "
            + "('connector' = 'filesystem', 'path' = 'file://" + arguments[0] + "', 'format' = 'csv')");
        flink.executeSql("CREATE TABLE seen (ts TIMESTAMP(3), cam INT, dir INT, n INT, conf DOUBLE) WITH ('connector' = 'blackhole')");
        flink.executeSql("CREATE TABLE answers (b TIMESTAMP(3), cam INT, c BIGINT, s INT, a DOUBLE, mi DOUBLE, ma DOUBLE, sd DOUBLE) "
            + "WITH ('connector' = 'blackhole')");

        double reading = seconds(flink.executeSql("INSERT INTO seen SELECT * FROM ev"));
        StatementSet all = flink.createStatementSet();
        for (String window : WINDOWS) {
            all.addInsertSql("INSERT INTO answers SELECT window_start, cam, "
                + "count(*), sum(n), avg(conf), min(conf), max(conf), stddev_pop(conf) "
                + "FROM TABLE(" + window + ") GROUP BY window_start, window_end, cam");
        }
        System.out.printf("%.3f %.3f%n", reading, seconds(all.execute()));
    }

    /** How long the job ran by Flink's own clock: planning and the start of its cluster in this process are not its work. */
    static double seconds(TableResult started) throws Exception {
        return started.getJobClient().orElseThrow().getJobExecutionResult().get().getNetRuntime() / 1e3;
    }
}
