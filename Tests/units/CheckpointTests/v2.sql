-- v2.sql: a checkpoint of version 2, which programs built at commit c21f086 made of v1.sql, with
-- provenance, a lease and a hold added by them; sqlite3's .dump. Host, machine and boot are made up.
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1668311408;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
CREATE TABLE IF NOT EXISTS "calls"(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
  start_time TEXT, duration REAL, batch TEXT, expires TEXT, seen_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, erased_at TEXT, record TEXT NOT NULL) STRICT;
INSERT INTO calls VALUES(1,'rc:401234567001','ringcentral','2024-01-15T10:03:11.121Z',61.5,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T06:58:33.375Z',NULL,'{"id":"rc:401234567001","source":"ringcentral","start":"2024-01-15T10:03:11.121Z","duration":61.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-1","session":"9001","telephony_session":"s-1","legs":2},"recording":{"id":"401234567001","uri":"https://media.example.com/recording/401234567001/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567001.mp3","bytes":94822,"sha256":"0000000000000000000000000000000000000000000000000000000000000001","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567001.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"whisper.cpp","model":"base.en","confidence":0.87,"key":"k1","provenance":{"version":"1.7.4","identity":"ab12","settings":"language=en","seconds":61.5,"wall":12.31,"at":"2026-11-20T06:40:00.000Z"}},"uploads":{"drive":{"folder":"F1","audio":{"id":"a1","md5":"00000000000000000000000000000001","bytes":94822,"link":"https://drive.example.com/a1"},"transcript":{"id":"t1"}}}}');
INSERT INTO calls VALUES(2,'rc:401234567002','ringcentral','2024-01-16T11:03:11.122Z',63.0,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T06:58:33.436Z',NULL,'{"id":"rc:401234567002","source":"ringcentral","start":"2024-01-16T11:03:11.122Z","duration":63,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-2","session":"9002","telephony_session":"s-2","legs":3},"recording":{"id":"401234567002","uri":"https://media.example.com/recording/401234567002/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567002.mp3","bytes":94823,"sha256":"0000000000000000000000000000000000000000000000000000000000000002","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567002.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"deepgram","model":"nova-3","confidence":0.87,"key":"k2","provenance":{"version":"2024-01-09","seconds":126,"wall":4.5,"cost":0.0054,"request":"r-2","at":"2026-11-20T08:40:00.125+01:00"}},"uploads":{"drive":{"folder":"F1","audio":{"id":"a2","md5":"00000000000000000000000000000002","bytes":94823,"link":"https://drive.example.com/a2"},"transcript":{"id":"t2"}}}}');
INSERT INTO calls VALUES(3,'rc:401234567003','ringcentral','2024-01-17T12:03:11.123Z',64.499999999999999998,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T06:58:33.503Z',NULL,'{"id":"rc:401234567003","source":"ringcentral","start":"2024-01-17T12:03:11.123Z","duration":64.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-3","session":"9003","telephony_session":"s-3","legs":1},"recording":{"id":"401234567003","uri":"https://media.example.com/recording/401234567003/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567003.mp3","bytes":94824,"sha256":"0000000000000000000000000000000000000000000000000000000000000003","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567003.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k3","provenance":{"seconds":"long","wall":-1,"cost":1e+300,"at":"now"}},"uploads":{"drive":{"folder":"F1","audio":{"id":"a3","md5":"00000000000000000000000000000003","bytes":94824,"link":"https://drive.example.com/a3"},"transcript":{"id":"t3"}}}}');
INSERT INTO calls VALUES(4,'rc:401234567004','ringcentral','2024-01-18T13:03:11.124Z',66.0,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T06:58:33.572Z',NULL,'{"id":"rc:401234567004","source":"ringcentral","start":"2024-01-18T13:03:11.124Z","duration":66,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-4","session":"9004","telephony_session":"s-4","legs":2},"recording":{"id":"401234567004","uri":"https://media.example.com/recording/401234567004/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567004.mp3","bytes":94825,"sha256":"0000000000000000000000000000000000000000000000000000000000000004","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567004.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k4","provenance":"by hand"},"uploads":{"drive":{"folder":"F1","audio":{"id":"a4"},"transcript":{"id":"t4"}}}}');
INSERT INTO calls VALUES(5,'rc:401234567005','ringcentral','2024-01-14T14:03:11.125Z',67.5,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.601Z',NULL,'{"id":"rc:401234567005","source":"ringcentral","start":"2024-01-14T14:03:11.125Z","duration":67.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-5","session":"9005","telephony_session":"s-5","legs":3},"recording":{"id":"401234567005","uri":"https://media.example.com/recording/401234567005/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567005.mp3","bytes":94826,"sha256":"0000000000000000000000000000000000000000000000000000000000000005","type":"audio/mpeg","seconds":187.2},"transcript":{"path":"transcripts/2024/01/15/rc-401234567005.json","text":"Thank you for calling — 你好, it’s \"Ana\".\nGood bye.","language":"en","engine":"pocketsphinx","model":"en-us","confidence":0.87,"key":"k5"}}');
INSERT INTO calls VALUES(6,'rc:401234567006','ringcentral','2024-01-15T15:03:11.126Z',69.0,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.618Z',NULL,'{"id":"rc:401234567006","source":"ringcentral","start":"2024-01-15T15:03:11.126Z","duration":69.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-6","session":"9006","telephony_session":"s-6","legs":1},"recording":{"id":"401234567006","uri":"https://media.example.com/recording/401234567006/content","type":"automatic"},"audio":{"path":"audio/2024/01/15/rc-401234567006.mp3","bytes":94827,"sha256":"0000000000000000000000000000000000000000000000000000000000000006","type":"audio/mpeg","seconds":187.2}}');
INSERT INTO calls VALUES(7,'rc:401234567007','ringcentral','2024-01-16T16:03:11.127Z',70.500000000000000001,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.542Z',NULL,'{"id":"rc:401234567007","source":"ringcentral","start":"2024-01-16T16:03:11.127Z","duration":70.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-7","session":"9007","telephony_session":"s-7","legs":2},"recording":{"id":"401234567007","uri":"https://media.example.com/recording/401234567007/content","type":"automatic"}}');
INSERT INTO calls VALUES(8,'rc:401234567008','ringcentral','2024-01-17T09:03:11.128Z',72.0,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.578Z',NULL,'{"id":"rc:401234567008","source":"ringcentral","start":"2024-01-17T09:03:11.128Z","duration":72.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-8","session":"9008","telephony_session":"s-8","legs":3},"recording":{"id":"401234567008","uri":"https://media.example.com/recording/401234567008/content","type":"automatic"}}');
INSERT INTO calls VALUES(9,'rc:401234567009','ringcentral','2024-01-18T10:03:11.129Z',73.499999999999999999,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.542Z',NULL,'{"id":"rc:401234567009","source":"ringcentral","start":"2024-01-18T10:03:11.129Z","duration":73.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-9","session":"9009","telephony_session":"s-9","legs":1},"recording":{"id":"401234567009","uri":"https://media.example.com/recording/401234567009/content","type":"automatic"}}');
INSERT INTO calls VALUES(10,'rc:401234567010','ringcentral','2024-01-14T11:03:11.130Z',75.0,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.747Z',NULL,'{"id":"rc:401234567010","source":"ringcentral","start":"2024-01-14T11:03:11.130Z","duration":75.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-10","session":"9010","telephony_session":"s-10","legs":2},"recording":{"id":"401234567010","uri":"https://media.example.com/recording/401234567010/content","type":"automatic"}}');
INSERT INTO calls VALUES(11,'rc:401234567011','ringcentral','2024-01-15T12:03:11.131Z',76.5,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.775Z',NULL,'{"id":"rc:401234567011","source":"ringcentral","start":"2024-01-15T12:03:11.131Z","duration":76.5,"direction":"inbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-11","session":"9011","telephony_session":"s-11","legs":3},"recording":{"id":"401234567011","uri":"https://media.example.com/recording/401234567011/content","type":"automatic"}}');
INSERT INTO calls VALUES(12,'rc:401234567012','ringcentral','2024-01-16T13:03:11.132Z',78.0,'second batch',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.824Z',NULL,'{"id":"rc:401234567012","source":"ringcentral","start":"2024-01-16T13:03:11.132Z","duration":78.0,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-12","session":"9012","telephony_session":"s-12","legs":1},"recording":{"id":"401234567012","uri":"https://media.example.com/recording/401234567012/content","type":"automatic"}}');
INSERT INTO calls VALUES(13,'dir:call 13.wav','dir',NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.464Z',NULL,'{"id":"dir:call 13.wav"}');
INSERT INTO calls VALUES(14,'convoso:77','convoso','2024-01-15T13:03:11.000Z',12.0,'january',NULL,'2026-11-21T03:24:47.464Z','2026-11-21T03:24:47.513Z',NULL,'{"id":"convoso:77","source":"convoso","start":"2024-01-15T14:03:11+01:00","duration":12,"direction":"outbound","result":"Accepted","from":{"phone":"+16505550100","name":"Ana “A.” Núñez \\ Co","extension":null},"to":{"phone":"+16505550123","name":"Support","extension":"101"},"call":{"id":"c-14","session":"9014","telephony_session":"s-14","legs":3},"recording":{"id":"401234567014","uri":"https://media.example.com/recording/401234567014/content","type":"automatic"},"unknown":{"z":[1,2.5,1000.0,"\u0000"]},"audio":{"path":"audio/2024/01/15/rc-401234567014.mp3","bytes":94835,"sha256":"000000000000000000000000000000000000000000000000000000000000000e","type":"audio/mpeg","seconds":187.2}}');
CREATE TABLE IF NOT EXISTS "outcomes"(
  call INTEGER NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT, start_time TEXT, expires TEXT,
  error_class TEXT, error_kind TEXT, error_message TEXT,
  started_at TEXT, finished_at TEXT, seconds REAL, run INTEGER, counted INTEGER,
  PRIMARY KEY(call, stage)) STRICT, WITHOUT ROWID;
INSERT INTO outcomes VALUES(1,'fetch','completed',1,NULL,'2024-01-15T10:03:11.121Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(1,'reserve','completed',1,NULL,'2024-01-15T10:03:11.121Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(1,'transcribe','completed',1,NULL,'2024-01-15T10:03:11.121Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(1,'upload','completed',1,NULL,'2024-01-15T10:03:11.121Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.677Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(2,'fetch','completed',1,NULL,'2024-01-16T11:03:11.122Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(2,'reserve','completed',1,NULL,'2024-01-16T11:03:11.122Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(2,'transcribe','completed',1,NULL,'2024-01-16T11:03:11.122Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(2,'upload','completed',1,NULL,'2024-01-16T11:03:11.122Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.677Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(3,'fetch','completed',1,NULL,'2024-01-17T12:03:11.123Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(3,'reserve','completed',1,NULL,'2024-01-17T12:03:11.123Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(3,'transcribe','completed',1,NULL,'2024-01-17T12:03:11.123Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(3,'upload','completed',1,NULL,'2024-01-17T12:03:11.123Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.677Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(4,'fetch','completed',1,NULL,'2024-01-18T13:03:11.124Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(4,'reserve','completed',1,NULL,'2024-01-18T13:03:11.124Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.637Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(4,'transcribe','completed',1,NULL,'2024-01-18T13:03:11.124Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(4,'upload','pending',1,'2024-02-01T12:05:00.000Z','2024-01-18T13:03:11.124Z',NULL,'temporary','quota','upload audio of 401234567004: the quota of the day is used up',NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(5,'fetch','completed',1,NULL,'2024-01-14T14:03:11.125Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(5,'transcribe','completed',1,NULL,'2024-01-14T14:03:11.125Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.601Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(5,'upload','pending',0,NULL,'2024-01-14T14:03:11.125Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(6,'fetch','completed',1,NULL,'2024-01-15T15:03:11.126Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(6,'transcribe','failed',1,NULL,'2024-01-15T15:03:11.126Z',NULL,'item','audio','transcribe recording 401234567006: it has no sound',NULL,'2024-02-01T11:00:00.000Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(6,'upload','pending',0,NULL,'2024-01-15T15:03:11.126Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(7,'fetch','failed',1,NULL,'2024-01-16T16:03:11.127Z',NULL,'item','gone','fetch recording 401234567007: the service answered 404',NULL,'2024-02-01T10:00:00.000Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(7,'upload','pending',0,NULL,'2024-01-16T16:03:11.127Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(8,'fetch','pending',2,'2024-02-01T11:06:01.000Z','2024-01-17T09:03:11.128Z',NULL,'temporary','network','fetch recording 401234567008: the connection was reset',NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(8,'upload','pending',0,NULL,'2024-01-17T09:03:11.128Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(9,'fetch','pending',0,'2024-02-01T10:05:02.000Z','2024-01-18T10:03:11.129Z',NULL,'temporary','rate_limit','fetch recording 401234567009: too many requests',NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(9,'upload','pending',0,NULL,'2024-01-18T10:03:11.129Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(10,'fetch','pending',0,NULL,'2024-01-14T11:03:11.130Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(10,'upload','skipped',0,NULL,'2024-01-14T11:03:11.130Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.747Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(11,'fetch','queued',0,NULL,'2024-01-15T12:03:11.131Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(11,'transcribe','pending',0,NULL,'2024-01-15T12:03:11.131Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(11,'upload','pending',0,NULL,'2024-01-15T12:03:11.131Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(12,'fetch','pending',0,NULL,'2024-01-16T13:03:11.132Z',NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.824Z',NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(12,'upload','pending',0,NULL,'2024-01-16T13:03:11.132Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(13,'fetch','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(13,'upload','pending',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO outcomes VALUES(14,'fetch','completed',1,NULL,'2024-01-15T13:03:11.000Z',NULL,NULL,NULL,NULL,NULL,'2026-11-21T03:24:47.513Z',NULL,NULL,NULL);
INSERT INTO outcomes VALUES(14,'upload','pending',0,NULL,'2024-01-15T13:03:11.000Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE runs(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, batch TEXT, host TEXT,
  machine TEXT, boot TEXT, namespace TEXT, process_group INTEGER, leader_start INTEGER,
  started_at TEXT NOT NULL, finished_at TEXT, exit_status INTEGER, counts TEXT,
  max_memory INTEGER) STRICT;
INSERT INTO runs VALUES(1,'20261121T065833Z-1019-3bfef165',NULL,NULL,'host-a','0123456789abcdef0123456789abcdef','00000000-1111-2222-3333-444444444444','pid:[4026531836]',1019,2562951,'2026-11-21T06:58:33.375Z','2026-11-21T06:58:33.767Z',0,'{"transcribe.completed":4,"held":1,"transcribe.claimed":1}',21135360);
CREATE TABLE claims(
  number INTEGER PRIMARY KEY, run INTEGER NOT NULL, stage TEXT NOT NULL,
  since TEXT NOT NULL, until TEXT NOT NULL, seconds REAL NOT NULL) STRICT;
INSERT INTO claims VALUES(6387800941629796302,1,'transcribe','2026-11-21T06:58:33.755Z','2026-11-21T07:28:33.755Z',1800.0);
CREATE TABLE leases(
  call INTEGER PRIMARY KEY, claim INTEGER NOT NULL, since TEXT NOT NULL) STRICT;
INSERT INTO leases VALUES(11,6387800941629796302,'2026-11-21T06:58:33.755Z');
CREATE TABLE enrolled(stage TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT;
INSERT INTO enrolled VALUES('transcribe',4);
CREATE TABLE holds(
  number INTEGER PRIMARY KEY, call INTEGER NOT NULL, reason TEXT NOT NULL,
  since TEXT NOT NULL, released_at TEXT, release_reason TEXT) STRICT;
INSERT INTO holds VALUES(1,3,'a dispute','2026-11-21T06:58:33.665Z',NULL,NULL);
CREATE TABLE audit(
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, action TEXT NOT NULL, call_id TEXT,
  stage TEXT, detail TEXT, run INTEGER, hash TEXT NOT NULL) STRICT;
INSERT INTO audit VALUES(1,'2026-11-21T06:58:33.665Z','held','rc:401234567003',NULL,'{"reason":"a dispute"}',1,'bb6c2006b8024c4ad55c10ff80c1ccdabc0786f7ac7a2e5369c5f1fb83792938');
CREATE TABLE tallies(
  stage TEXT NOT NULL, status TEXT NOT NULL, hour TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(stage, status, hour)) STRICT, WITHOUT ROWID;
INSERT INTO tallies VALUES('fetch','completed','2026-11-21T03',7);
INSERT INTO tallies VALUES('fetch','failed','2024-02-01T10',1);
INSERT INTO tallies VALUES('fetch','pending','',5);
INSERT INTO tallies VALUES('fetch','queued','',1);
INSERT INTO tallies VALUES('reserve','completed','2026-11-21T03',4);
INSERT INTO tallies VALUES('transcribe','completed','2026-11-21T03',5);
INSERT INTO tallies VALUES('transcribe','failed','2024-02-01T11',1);
INSERT INTO tallies VALUES('transcribe','pending','',1);
INSERT INTO tallies VALUES('upload','completed','2026-11-21T03',3);
INSERT INTO tallies VALUES('upload','pending','',10);
INSERT INTO tallies VALUES('upload','skipped','2026-11-21T03',1);
CREATE UNIQUE INDEX errors_once ON errors(call_id, stage, time);
CREATE INDEX calls_start ON calls(start_time);
CREATE INDEX outcomes_due ON outcomes(stage, start_time, status)
  WHERE status IN ('pending', 'queued');
CREATE INDEX outcomes_expiring ON outcomes(stage, expires, status)
  WHERE status IN ('pending', 'queued');
CREATE INDEX outcomes_queued ON outcomes(stage, start_time) WHERE status = 'queued';
CREATE INDEX outcomes_failed ON outcomes(stage, finished_at) WHERE status = 'failed';
CREATE INDEX runs_group ON runs(process_group, number);
CREATE INDEX leases_claim ON leases(claim);
CREATE UNIQUE INDEX holds_now ON holds(call) WHERE released_at IS NULL;
CREATE INDEX errors_time ON errors(time);
CREATE TRIGGER calls_fetched AFTER UPDATE OF expires ON calls
  WHEN OLD.expires IS NOT NULL AND NEW.expires IS NULL BEGIN
  UPDATE outcomes SET expires = NULL WHERE call = NEW.number AND expires IS NOT NULL;
END;
CREATE TRIGGER outcomes_added AFTER INSERT ON outcomes WHEN NEW.counted IS NULL BEGIN
  INSERT INTO tallies
    VALUES (NEW.stage, NEW.status, ifnull(substr(NEW.finished_at, 1, 13), ''), 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER outcomes_changed AFTER UPDATE OF status, finished_at ON outcomes
  WHEN OLD.status <> NEW.status OR OLD.finished_at IS NOT NEW.finished_at BEGIN
  UPDATE tallies SET count = count - 1 WHERE stage = OLD.stage AND status = OLD.status
    AND hour = ifnull(substr(OLD.finished_at, 1, 13), '');
  INSERT INTO tallies
    VALUES (NEW.stage, NEW.status, ifnull(substr(NEW.finished_at, 1, 13), ''), 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER outcomes_removed AFTER DELETE ON outcomes BEGIN
  UPDATE tallies SET count = count - 1 WHERE stage = OLD.stage AND status = OLD.status
    AND hour = ifnull(substr(OLD.finished_at, 1, 13), '');
END;
CREATE VIEW stages AS
  SELECT c.id AS call_id, o.stage,
    iif(m.call IS NOT NULL AND o.status IN ('pending', 'queued', 'failed'), 'processing',
      o.status) AS status,
    o.attempts, o.not_before, m.run AS lease_owner, m.until AS lease_until, o.error_class,
    o.error_kind, o.error_message, o.started_at, o.finished_at, o.seconds
  FROM outcomes AS o JOIN calls AS c ON c.number = o.call
  LEFT JOIN (
    SELECT l.call, m.stage, m.until, r.id AS run FROM leases AS l
    JOIN claims AS m ON m.number = l.claim JOIN runs AS r ON r.number = m.run
    WHERE m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS m
    ON m.call = o.call AND m.stage = o.stage;
CREATE VIEW call_recordings AS
SELECT c.number AS id, c.id AS call_id, c.source, c.batch,
  ifnull((SELECT CASE
    WHEN o.status = 'skipped' THEN 'completed'
    WHEN o.status <> 'completed' AND EXISTS (
      SELECT 1 FROM leases AS l JOIN claims AS m ON m.number = l.claim
      WHERE l.call = o.call AND m.stage = o.stage
        AND m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) THEN 'processing'
    ELSE o.status END
  FROM outcomes AS o WHERE o.call = c.number AND o.stage = 'fetch'), iif(json_extract(c.record, '$.audio') IS NULL, 'pending', 'completed')) AS download_status,
  ifnull((SELECT CASE
    WHEN o.status = 'skipped' THEN 'completed'
    WHEN o.status <> 'completed' AND EXISTS (
      SELECT 1 FROM leases AS l JOIN claims AS m ON m.number = l.claim
      WHERE l.call = o.call AND m.stage = o.stage
        AND m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) THEN 'processing'
    ELSE o.status END
  FROM outcomes AS o WHERE o.call = c.number AND o.stage = 'transcribe'), iif(json_extract(c.record, '$.transcript') IS NULL, 'pending', 'completed')) AS transcription_status,
  ifnull((SELECT CASE
    WHEN o.status = 'skipped' THEN 'completed'
    WHEN o.status <> 'completed' AND EXISTS (
      SELECT 1 FROM leases AS l JOIN claims AS m ON m.number = l.claim
      WHERE l.call = o.call AND m.stage = o.stage
        AND m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) THEN 'processing'
    ELSE o.status END
  FROM outcomes AS o WHERE o.call = c.number AND o.stage = 'upload'), 'pending') AS upload_status,
  ifnull((SELECT max(o.attempts - (o.status = 'completed')) FROM outcomes AS o
    WHERE o.call = c.number), 0) AS retry_count,
  (SELECT o.error_message FROM outcomes AS o
    WHERE o.call = c.number AND o.error_message IS NOT NULL
    ORDER BY o.status = 'failed' DESC LIMIT 1) AS error_message,
  c.start_time AS call_start_time, c.start_time AS recorded_at, c.duration,
  c.seen_at AS created_at, c.updated_at,
  json_extract(c.record, '$.audio.path') AS audio_path,
  json_extract(c.record, '$.transcript.path') AS transcript_path,
  json_extract(c.record, '$.call.id') AS rc_call_id,
  json_extract(c.record, '$.transcript.text') AS rc_transcript,
  json_extract(c.record, '$.transcript.text') IS NOT NULL AS has_transcript,
  json_extract(c.record, '$.transcript.confidence') AS rc_transcript_confidence,
  (SELECT o.finished_at FROM outcomes AS o WHERE o.call = c.number
    AND o.stage = 'transcribe' AND o.status = 'completed') AS rc_transcript_fetched_at,
  json_extract(c.record, '$.insights') AS rc_ai_insights
FROM calls AS c WHERE c.erased_at IS NULL;
CREATE TRIGGER call_recordings_download_status INSTEAD OF UPDATE OF download_status
  ON call_recordings WHEN NEW.download_status IS NOT OLD.download_status BEGIN
  SELECT RAISE(ABORT, 'download_status is pending, queued, completed or failed')
    WHERE NEW.download_status IS NULL
      OR NEW.download_status NOT IN ('pending', 'queued', 'completed', 'failed');
  INSERT INTO outcomes(call, stage, status, attempts, start_time, expires, finished_at)
    SELECT number, 'fetch', NEW.download_status, NEW.download_status = 'completed', start_time,
      expires,
      iif(NEW.download_status IN ('completed', 'failed'),
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
    FROM calls WHERE number = OLD.id
    ON CONFLICT DO UPDATE SET status = excluded.status,
      attempts = iif(NEW.retry_count IS NOT OLD.retry_count, max(NEW.retry_count, 0),
        attempts - (status = 'completed')) + (excluded.status = 'completed'),
      not_before = NULL,
      start_time = excluded.start_time, expires = excluded.expires, error_class = NULL,
      error_kind = NULL, error_message = NULL, finished_at = excluded.finished_at,
      seconds = NULL, run = NULL;
  INSERT INTO outcomes(call, stage, status, start_time, expires)
SELECT number, 'transcribe', 'pending', start_time, expires FROM calls
WHERE number = OLD.id AND NEW.download_status = 'completed'
  AND number <= (SELECT up_to FROM enrolled WHERE stage = 'transcribe')
ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER call_recordings_transcription_status INSTEAD OF UPDATE OF transcription_status
  ON call_recordings WHEN NEW.transcription_status IS NOT OLD.transcription_status BEGIN
  SELECT RAISE(ABORT, 'transcription_status is pending, queued, completed or failed')
    WHERE NEW.transcription_status IS NULL
      OR NEW.transcription_status NOT IN ('pending', 'queued', 'completed', 'failed');
  INSERT INTO outcomes(call, stage, status, attempts, start_time, expires, finished_at)
    SELECT number, 'transcribe', NEW.transcription_status, NEW.transcription_status = 'completed', start_time,
      expires,
      iif(NEW.transcription_status IN ('completed', 'failed'),
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
    FROM calls WHERE number = OLD.id
    ON CONFLICT DO UPDATE SET status = excluded.status,
      attempts = iif(NEW.retry_count IS NOT OLD.retry_count, max(NEW.retry_count, 0),
        attempts - (status = 'completed')) + (excluded.status = 'completed'),
      not_before = NULL,
      start_time = excluded.start_time, expires = excluded.expires, error_class = NULL,
      error_kind = NULL, error_message = NULL, finished_at = excluded.finished_at,
      seconds = NULL, run = NULL;
  
END;
CREATE TRIGGER call_recordings_upload_status INSTEAD OF UPDATE OF upload_status
  ON call_recordings WHEN NEW.upload_status IS NOT OLD.upload_status BEGIN
  SELECT RAISE(ABORT, 'upload_status is pending, queued, completed or failed')
    WHERE NEW.upload_status IS NULL
      OR NEW.upload_status NOT IN ('pending', 'queued', 'completed', 'failed');
  INSERT INTO outcomes(call, stage, status, attempts, start_time, expires, finished_at)
    SELECT number, 'upload', NEW.upload_status, NEW.upload_status = 'completed', start_time,
      expires,
      iif(NEW.upload_status IN ('completed', 'failed'),
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), NULL)
    FROM calls WHERE number = OLD.id
    ON CONFLICT DO UPDATE SET status = excluded.status,
      attempts = iif(NEW.retry_count IS NOT OLD.retry_count, max(NEW.retry_count, 0),
        attempts - (status = 'completed')) + (excluded.status = 'completed'),
      not_before = NULL,
      start_time = excluded.start_time, expires = excluded.expires, error_class = NULL,
      error_kind = NULL, error_message = NULL, finished_at = excluded.finished_at,
      seconds = NULL, run = NULL;
  
END;
CREATE TRIGGER call_recordings_retry_count INSTEAD OF UPDATE OF retry_count
  ON call_recordings WHEN NEW.retry_count IS NOT OLD.retry_count BEGIN
  UPDATE outcomes SET attempts = max(NEW.retry_count, 0)
    WHERE call = OLD.id AND status NOT IN ('completed', 'skipped');
END;
CREATE VIEW processing_states AS
  SELECT 'main_processor' AS state_key,
    EXISTS (SELECT 1 FROM claims AS m JOIN leases AS l ON l.claim = m.number
      WHERE m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS is_active,
    (SELECT max(m.since) FROM claims AS m) AS updated_at;
CREATE TRIGGER processing_states_updated INSTEAD OF UPDATE OF is_active
  ON processing_states WHEN NOT NEW.is_active BEGIN INSERT INTO errors(time, stage, severity, category, message, call_id, run)
    SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), m.stage, 'info', 'lease',
      'run ' || r.id || ' ended without an outcome', c.id, r.id
    FROM leases AS l JOIN claims AS m ON m.number = l.claim
    JOIN runs AS r ON r.number = m.run JOIN calls AS c ON c.number = l.call
    WHERE m.until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    ON CONFLICT DO NOTHING;
  DELETE FROM leases WHERE claim IN (SELECT number FROM claims
    WHERE until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
  DELETE FROM claims WHERE until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'); END;
CREATE TRIGGER processing_states_removed INSTEAD OF DELETE ON processing_states
  BEGIN INSERT INTO errors(time, stage, severity, category, message, call_id, run)
    SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), m.stage, 'info', 'lease',
      'run ' || r.id || ' ended without an outcome', c.id, r.id
    FROM leases AS l JOIN claims AS m ON m.number = l.claim
    JOIN runs AS r ON r.number = m.run JOIN calls AS c ON c.number = l.call
    WHERE m.until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    ON CONFLICT DO NOTHING;
  DELETE FROM leases WHERE claim IN (SELECT number FROM claims
    WHERE until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
  DELETE FROM claims WHERE until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'); END;
COMMIT;
