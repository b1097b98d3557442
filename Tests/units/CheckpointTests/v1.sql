-- v1.sql: a checkpoint of version 1, as the programs of commit bf06bb2 wrote it; sqlite3's .dump.
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1668311408;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE calls(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
  start_time TEXT, duration REAL, batch TEXT, seen_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, record TEXT NOT NULL) STRICT;
INSERT INTO calls VALUES(1,'rc:401234567001','ringcentral','2024-01-15T10:03:11.121Z',61.5,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.677Z','{"id":"rc:401234567001","source":"ringcentral","start":"2024-01-15T10:03:11.121Z","duration":61.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-1","session":"9001","telephony_session":"s-1","legs":2},"recording":{"id":"401234567001","uri":"https://media.example.com/recording/401234567001/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567001.mp3","bytes":94822,"sha256":"0000000000000000000000000000000000000000000000000000000000000001","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567001.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k1"},"uploads":{"drive":{"folder":"F1","audio":{"id":"a1","md5":"00000000000000000000000000000001","bytes":94822,"link":"https://drive.example.com/a1"},"transcript":{"id":"t1"}}}}');
INSERT INTO calls VALUES(2,'rc:401234567002','ringcentral','2024-01-16T11:03:11.122Z',63.0,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.677Z','{"id":"rc:401234567002","source":"ringcentral","start":"2024-01-16T11:03:11.122Z","duration":63.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-2","session":"9002","telephony_session":"s-2","legs":3},"recording":{"id":"401234567002","uri":"https://media.example.com/recording/401234567002/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567002.mp3","bytes":94823,"sha256":"0000000000000000000000000000000000000000000000000000000000000002","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567002.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k2"},"uploads":{"drive":{"folder":"F1","audio":{"id":"a2","md5":"00000000000000000000000000000002","bytes":94823,"link":"https://drive.example.com/a2"},"transcript":{"id":"t2"}}}}');
INSERT INTO calls VALUES(3,'rc:401234567003','ringcentral','2024-01-17T12:03:11.123Z',64.499999999999999998,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.677Z','{"id":"rc:401234567003","source":"ringcentral","start":"2024-01-17T12:03:11.123Z","duration":64.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-3","session":"9003","telephony_session":"s-3","legs":1},"recording":{"id":"401234567003","uri":"https://media.example.com/recording/401234567003/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567003.mp3","bytes":94824,"sha256":"0000000000000000000000000000000000000000000000000000000000000003","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567003.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k3"},"uploads":{"drive":{"folder":"F1","audio":{"id":"a3","md5":"00000000000000000000000000000003","bytes":94824,"link":"https://drive.example.com/a3"},"transcript":{"id":"t3"}}}}');
INSERT INTO calls VALUES(4,'rc:401234567004','ringcentral','2024-01-18T13:03:11.124Z',66.0,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.715Z','{"id":"rc:401234567004","source":"ringcentral","start":"2024-01-18T13:03:11.124Z","duration":66.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-4","session":"9004","telephony_session":"s-4","legs":2},"recording":{"id":"401234567004","uri":"https://media.example.com/recording/401234567004/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567004.mp3","bytes":94825,"sha256":"0000000000000000000000000000000000000000000000000000000000000004","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567004.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k4"},"uploads":{"drive":{"folder":"F1","audio":{"id":"a4"},"transcript":{"id":"t4"}}}}');
INSERT INTO calls VALUES(5,'rc:401234567005','ringcentral','2024-01-14T14:03:11.125Z',67.5,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.601Z','{"id":"rc:401234567005","source":"ringcentral","start":"2024-01-14T14:03:11.125Z","duration":67.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-5","session":"9005","telephony_session":"s-5","legs":3},"recording":{"id":"401234567005","uri":"https://media.example.com/recording/401234567005/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567005.mp3","bytes":94826,"sha256":"0000000000000000000000000000000000000000000000000000000000000005","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567005.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k5"}}');
INSERT INTO calls VALUES(6,'rc:401234567006','ringcentral','2024-01-15T15:03:11.126Z',69.0,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.618Z','{"id":"rc:401234567006","source":"ringcentral","start":"2024-01-15T15:03:11.126Z","duration":69.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-6","session":"9006","telephony_session":"s-6","legs":1},"recording":{"id":"401234567006","uri":"https://media.example.com/recording/401234567006/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567006.mp3","bytes":94827,"sha256":"0000000000000000000000000000000000000000000000000000000000000006","type":"audio/mpeg","seconds":187.2}}');
INSERT INTO calls VALUES(7,'rc:401234567007','ringcentral','2024-01-16T16:03:11.127Z',70.500000000000000001,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.542Z','{"id":"rc:401234567007","source":"ringcentral","start":"2024-01-16T16:03:11.127Z","duration":70.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-7","session":"9007","telephony_session":"s-7","legs":2},"recording":{"id":"401234567007","uri":"https://media.example.com/recording/401234567007/content","type":"automatic"}}');
INSERT INTO calls VALUES(8,'rc:401234567008','ringcentral','2024-01-17T09:03:11.128Z',72.0,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.578Z','{"id":"rc:401234567008","source":"ringcentral","start":"2024-01-17T09:03:11.128Z","duration":72.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-8","session":"9008","telephony_session":"s-8","legs":3},"recording":{"id":"401234567008","uri":"https://media.example.com/recording/401234567008/content","type":"automatic"}}');
INSERT INTO calls VALUES(9,'rc:401234567009','ringcentral','2024-01-18T10:03:11.129Z',73.499999999999999999,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.542Z','{"id":"rc:401234567009","source":"ringcentral","start":"2024-01-18T10:03:11.129Z","duration":73.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-9","session":"9009","telephony_session":"s-9","legs":1},"recording":{"id":"401234567009","uri":"https://media.example.com/recording/401234567009/content","type":"automatic"}}');
INSERT INTO calls VALUES(10,'rc:401234567010','ringcentral','2024-01-14T11:03:11.130Z',75.0,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.747Z','{"id":"rc:401234567010","source":"ringcentral","start":"2024-01-14T11:03:11.130Z","duration":75.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-10","session":"9010","telephony_session":"s-10","legs":2},"recording":{"id":"401234567010","uri":"https://media.example.com/recording/401234567010/content","type":"automatic"}}');
INSERT INTO calls VALUES(11,'rc:401234567011','ringcentral','2024-01-15T12:03:11.131Z',76.5,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.775Z','{"id":"rc:401234567011","source":"ringcentral","start":"2024-01-15T12:03:11.131Z","duration":76.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-11","session":"9011","telephony_session":"s-11","legs":3},"recording":{"id":"401234567011","uri":"https://media.example.com/recording/401234567011/content","type":"automatic"}}');
INSERT INTO calls VALUES(12,'rc:401234567012','ringcentral','2024-01-16T13:03:11.132Z',78.0,'second batch','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.824Z','{"id":"rc:401234567012","source":"ringcentral","start":"2024-01-16T13:03:11.132Z","duration":78.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-12","session":"9012","telephony_session":"s-12","legs":1},"recording":{"id":"401234567012","uri":"https://media.example.com/recording/401234567012/content","type":"automatic"}}');
INSERT INTO calls VALUES(13,'dir:call 13.wav','dir',NULL,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.464Z','{"id":"dir:call 13.wav"}');
INSERT INTO calls VALUES(14,'convoso:77','convoso','2024-01-15T13:03:11.000Z',12.0,'january','2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.513Z','{"id":"convoso:77","source":"convoso","start":"2024-01-15T14:03:11+01:00","duration":12,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-14","session":"9014","telephony_session":"s-14","legs":3},"recording":{"id":"401234567014","uri":"https://media.example.com/recording/401234567014/content","type":"automatic"},"unknown":{"z":[1,2.5,1000.0,"\u0000"]},"audio":{"path":"audio/2024/01/15/rc-401234567014.mp3","bytes":94835,"sha256":"000000000000000000000000000000000000000000000000000000000000000e","type":"audio/mpeg","seconds":187.2}}');
CREATE TABLE outcomes(
  call INTEGER NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT,
  lease_owner TEXT, lease_until TEXT,
  error_class TEXT, error_kind TEXT, error_message TEXT,
  started_at TEXT, finished_at TEXT, seconds REAL,
  PRIMARY KEY(call, stage)) STRICT, WITHOUT ROWID;
INSERT INTO outcomes VALUES(1,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(1,'reserve','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL);
INSERT INTO outcomes VALUES(1,'transcribe','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL);
INSERT INTO outcomes VALUES(1,'upload','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.677Z',NULL);
INSERT INTO outcomes VALUES(2,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(2,'reserve','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL);
INSERT INTO outcomes VALUES(2,'transcribe','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL);
INSERT INTO outcomes VALUES(2,'upload','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.677Z',NULL);
INSERT INTO outcomes VALUES(3,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(3,'reserve','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL);
INSERT INTO outcomes VALUES(3,'transcribe','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL);
INSERT INTO outcomes VALUES(3,'upload','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.677Z',NULL);
INSERT INTO outcomes VALUES(4,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(4,'reserve','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL);
INSERT INTO outcomes VALUES(4,'transcribe','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL);
INSERT INTO outcomes VALUES(4,'upload','pending',1,'2024-02-01T12:05:00.000Z',NULL,NULL,'temporary','quota','upload audio of 401234567004: the quota of the day is used up',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(5,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(5,'transcribe','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL);
INSERT INTO outcomes VALUES(5,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(6,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(6,'transcribe','failed',1,NULL,NULL,NULL,'item','audio','transcribe recording 401234567006: it has no sound',NULL,'2024-02-01T11:00:00.000Z',NULL);
INSERT INTO outcomes VALUES(6,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(7,'fetch','failed',1,NULL,NULL,NULL,'item','gone','fetch recording 401234567007: the service answered 404',NULL,'2024-02-01T10:00:00.000Z',NULL);
INSERT INTO outcomes VALUES(7,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(8,'fetch','pending',2,'2024-02-01T11:06:01.000Z',NULL,NULL,'temporary','network','fetch recording 401234567008: the connection was reset',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(8,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(9,'fetch','pending',0,'2024-02-01T10:05:02.000Z',NULL,NULL,'temporary','rate_limit','fetch recording 401234567009: too many requests',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(9,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(10,'fetch','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(10,'upload','skipped',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.747Z',NULL);
INSERT INTO outcomes VALUES(11,'fetch','queued',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(11,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(12,'fetch','processing',0,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.824Z',NULL,NULL);
INSERT INTO outcomes VALUES(12,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(13,'fetch','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(13,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(14,'fetch','completed',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL);
INSERT INTO outcomes VALUES(14,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE errors(
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, stage TEXT, severity TEXT NOT NULL,
  category TEXT NOT NULL, message TEXT NOT NULL, call_id TEXT, run TEXT) STRICT;
INSERT INTO errors VALUES(1,'2024-02-01T10:00:00.000Z','fetch','error','gone','fetch recording 401234567007: the service answered 404','rc:401234567007',NULL);
INSERT INTO errors VALUES(2,'2024-02-01T10:00:01.000Z','fetch','warning','server','fetch recording 401234567008: the service answered 503','rc:401234567008',NULL);
INSERT INTO errors VALUES(3,'2024-02-01T10:00:02.000Z','fetch','warning','rate_limit','fetch recording 401234567009: too many requests','rc:401234567009',NULL);
INSERT INTO errors VALUES(4,'2024-02-01T10:06:01.000Z','fetch','warning','network','fetch recording 401234567008: the connection was reset','rc:401234567008',NULL);
INSERT INTO errors VALUES(5,'2024-02-01T11:00:00.000Z','transcribe','error','audio','transcribe recording 401234567006: it has no sound','rc:401234567006',NULL);
INSERT INTO errors VALUES(6,'2024-02-01T12:00:00.000Z','upload','warning','quota','upload audio of 401234567004: the quota of the day is used up','rc:401234567004',NULL);
CREATE TABLE batches(name TEXT PRIMARY KEY, created_at TEXT NOT NULL, note TEXT) STRICT;
INSERT INTO batches VALUES('january','2026-11-21T03:24:47.513Z',NULL);
INSERT INTO batches VALUES('second batch','2026-11-21T03:24:47.824Z',NULL);
CREATE TABLE runs(
  id TEXT PRIMARY KEY, name TEXT, batch TEXT, host TEXT, started_at TEXT NOT NULL,
  finished_at TEXT, exit_status INTEGER, counts TEXT, max_memory INTEGER) STRICT;
CREATE INDEX calls_start ON calls(start_time);
CREATE INDEX outcomes_open ON outcomes(stage, status, not_before)
  WHERE status NOT IN ('completed', 'skipped');
CREATE UNIQUE INDEX errors_once ON errors(call_id, stage, time);
CREATE VIEW stages AS
  SELECT c.id AS call_id, o.stage, o.status, o.attempts, o.not_before, o.lease_owner,
    o.lease_until, o.error_class, o.error_kind, o.error_message, o.started_at,
    o.finished_at, o.seconds
  FROM outcomes AS o JOIN calls AS c ON c.number = o.call;
COMMIT;
