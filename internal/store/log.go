package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/provisioninglog"
)

// sqliteTime is how the driver writes a time, and so what texts are compared with.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// InsertLog writes rows of the provisioning log, of any organizations, in one
// statement. Its text is the same for any number of rows: hundreds of reads a
// second are logged, and a text for each number of them would be prepared.
func (tx *Tx) InsertLog(ctx context.Context, rows ...*ent.ProvisioningLog) error {
	if len(rows) == 0 {
		return nil
	}
	records := make([]map[string]any, len(rows))
	for i, row := range rows {
		record := make(map[string]any, len(provisioninglog.Columns))
		for _, column := range provisioninglog.Columns {
			value := columnOf(row, column)
			if t, ok := value.(time.Time); ok && !tx.store.Postgres() {
				value = t.Format(sqliteTime)
			}
			record[column] = value
		}
		records[i] = record
	}
	list, err := json.Marshal(records)
	if err != nil {
		return err
	}
	insert := insertLogSQLite
	if tx.store.Postgres() {
		insert = insertLogPostgres
	}
	_, err = tx.ExecContext(ctx, insert, string(list))
	return err
}

var (
	insertLogPostgres = "INSERT INTO provisioning_logs (" + strings.Join(provisioninglog.Columns, ", ") + ") SELECT " +
		strings.Join(provisioninglog.Columns, ", ") + " FROM json_populate_recordset(NULL::provisioning_logs, $1)"
	insertLogSQLite = "INSERT INTO provisioning_logs (" + strings.Join(provisioninglog.Columns, ", ") +
		") SELECT value ->> '$." + strings.Join(provisioninglog.Columns, "', value ->> '$.") + "' FROM json_each(?)"
)
