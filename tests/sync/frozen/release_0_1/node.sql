CREATE TABLE alembic_version_sync_node (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_sync_node_pkc PRIMARY KEY (version_num)
);
CREATE TABLE sync_cursors (
	scope TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	PRIMARY KEY (scope)
);
CREATE TABLE sync_kept (
	id INTEGER NOT NULL, 
	scope TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE sync_meta (
	k TEXT NOT NULL, 
	v TEXT NOT NULL, 
	PRIMARY KEY (k)
);
CREATE TABLE sync_outbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hlc INTEGER NOT NULL, 
	tbl TEXT NOT NULL, 
	op TEXT NOT NULL, 
	pk TEXT NOT NULL, 
	f TEXT NOT NULL, 
	base TEXT
);
CREATE TABLE alembic_version_sync (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_sync_pkc PRIMARY KEY (version_num)
);
CREATE TABLE sync_conflicts (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	tbl TEXT NOT NULL, 
	row_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	won_value TEXT NOT NULL, 
	won_hlc INTEGER NOT NULL, 
	won_node INTEGER NOT NULL, 
	lost_value TEXT NOT NULL, 
	lost_hlc INTEGER NOT NULL, 
	lost_node INTEGER NOT NULL, 
	decided_at TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_sync_conflicts PRIMARY KEY (org_id, id)
);
CREATE TABLE alembic_version_hospitality (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_hospitality_pkc PRIMARY KEY (version_num)
);
CREATE TABLE business_days (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	date TEXT NOT NULL, 
	opened_at TEXT NOT NULL, 
	closed_at TEXT, 
	status TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_business_days PRIMARY KEY (org_id, id)
);
CREATE TABLE journal (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	node INTEGER NOT NULL, 
	incarnation INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	at TEXT NOT NULL, 
	business_date TEXT, 
	actor_id TEXT, 
	approver_id TEXT, 
	terminal_id TEXT, 
	reason TEXT, 
	data TEXT NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_journal PRIMARY KEY (org_id, id)
);
CREATE TABLE kept_answers (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	at TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	status INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_kept_answers PRIMARY KEY (org_id, id)
);
CREATE TABLE menu_categories (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	sort INTEGER NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_menu_categories PRIMARY KEY (org_id, id)
);
CREATE TABLE modifier_groups (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	choices_min INTEGER NOT NULL, 
	choices_max INTEGER NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_modifier_groups PRIMARY KEY (org_id, id)
);
CREATE TABLE number_series (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_number_series PRIMARY KEY (org_id, id)
);
CREATE TABLE orders (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	number TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	table_label TEXT, 
	covers INTEGER, 
	note TEXT, 
	currency TEXT NOT NULL, 
	opened_by TEXT, 
	terminal_id TEXT, 
	business_date TEXT NOT NULL, 
	opened_at TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_orders PRIMARY KEY (org_id, id)
);
CREATE TABLE organisations (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_organisations PRIMARY KEY (org_id, id)
);
CREATE TABLE people (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	display_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_people PRIMARY KEY (org_id, id)
);
CREATE TABLE properties (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	cut_off_hour INTEGER NOT NULL, 
	locale TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_properties PRIMARY KEY (org_id, id)
);
CREATE TABLE requests (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	verb TEXT NOT NULL, 
	arguments TEXT NOT NULL, 
	permissions TEXT NOT NULL, 
	asked_by TEXT, 
	asked_at TEXT NOT NULL, 
	confirm_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_requests PRIMARY KEY (org_id, id)
);
CREATE TABLE stations (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	sort INTEGER NOT NULL, 
	printer TEXT, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_stations PRIMARY KEY (org_id, id)
);
CREATE TABLE tax_rates (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	rate_bp INTEGER NOT NULL, 
	included BOOLEAN NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_tax_rates PRIMARY KEY (org_id, id)
);
CREATE TABLE menu_items (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	category_id TEXT NOT NULL, 
	price_minor INTEGER NOT NULL, 
	station_id TEXT NOT NULL, 
	tax_rate_id TEXT, 
	available BOOLEAN NOT NULL, 
	prep_seconds INTEGER NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_menu_items PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_menu_items_category_id FOREIGN KEY(org_id, category_id) REFERENCES menu_categories (org_id, id), 
	CONSTRAINT fk_menu_items_station_id FOREIGN KEY(org_id, station_id) REFERENCES stations (org_id, id), 
	CONSTRAINT fk_menu_items_tax_rate_id FOREIGN KEY(org_id, tax_rate_id) REFERENCES tax_rates (org_id, id)
);
CREATE TABLE modifier_options (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	group_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	price_delta_minor INTEGER NOT NULL, 
	sort INTEGER NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_modifier_options PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_modifier_options_group_id FOREIGN KEY(org_id, group_id) REFERENCES modifier_groups (org_id, id)
);
CREATE TABLE order_lines (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	order_id TEXT NOT NULL, 
	line_no INTEGER NOT NULL, 
	menu_item_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	quantity INTEGER NOT NULL, 
	unit_price_minor INTEGER NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	tax_rate_name TEXT, 
	tax_rate_bp INTEGER NOT NULL, 
	tax_included BOOLEAN NOT NULL, 
	choices TEXT NOT NULL, 
	note TEXT, 
	seat INTEGER, 
	station_id TEXT NOT NULL, 
	ticket_id TEXT NOT NULL, 
	prep_seconds INTEGER NOT NULL, 
	placed_at TEXT NOT NULL, 
	placed_by TEXT, 
	business_date TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_order_lines PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_order_lines_order_id FOREIGN KEY(org_id, order_id) REFERENCES orders (org_id, id)
);
CREATE TABLE payments (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	order_id TEXT NOT NULL, 
	tender TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	tendered_minor INTEGER, 
	change_minor INTEGER NOT NULL, 
	currency TEXT NOT NULL, 
	reference TEXT, 
	taken_by TEXT, 
	terminal_id TEXT, 
	taken_at TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_payments PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_payments_order_id FOREIGN KEY(org_id, order_id) REFERENCES orders (org_id, id)
);
CREATE TABLE receipts (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	order_id TEXT NOT NULL, 
	number TEXT NOT NULL, 
	total_minor INTEGER NOT NULL, 
	currency TEXT NOT NULL, 
	taxes TEXT NOT NULL, 
	issued_at TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_receipts PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_receipts_order_id FOREIGN KEY(org_id, order_id) REFERENCES orders (org_id, id)
);
CREATE TABLE request_answers (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	request_id TEXT NOT NULL, 
	accepted BOOLEAN NOT NULL, 
	code TEXT, 
	message TEXT, 
	answer TEXT NOT NULL, 
	answered_by TEXT, 
	terminal_id TEXT, 
	answered_at TEXT NOT NULL, 
	business_date TEXT, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_request_answers PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_request_answers_request_id FOREIGN KEY(org_id, request_id) REFERENCES requests (org_id, id)
);
CREATE TABLE line_steps (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	order_id TEXT NOT NULL, 
	line_id TEXT NOT NULL, 
	ticket_id TEXT NOT NULL, 
	step TEXT NOT NULL, 
	step_no INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	person_id TEXT, 
	terminal_id TEXT, 
	business_date TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_line_steps PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_line_steps_line_id FOREIGN KEY(org_id, line_id) REFERENCES order_lines (org_id, id)
);
CREATE TABLE line_voids (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	order_id TEXT NOT NULL, 
	line_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	person_id TEXT, 
	approver_id TEXT, 
	terminal_id TEXT, 
	at TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_line_voids PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_line_voids_line_id FOREIGN KEY(org_id, line_id) REFERENCES order_lines (org_id, id)
);
CREATE TABLE menu_item_groups (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	menu_item_id TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	sort INTEGER NOT NULL, 
	_hlc INTEGER DEFAULT (sync_stamp()) NOT NULL, 
	_node INTEGER DEFAULT (sync_node()) NOT NULL, 
	_fv TEXT, 
	_deleted BOOLEAN DEFAULT (FALSE) NOT NULL, 
	_x TEXT, 
	CONSTRAINT pk_menu_item_groups PRIMARY KEY (org_id, id), 
	CONSTRAINT fk_menu_item_groups_group_id FOREIGN KEY(org_id, group_id) REFERENCES modifier_groups (org_id, id), 
	CONSTRAINT fk_menu_item_groups_menu_item_id FOREIGN KEY(org_id, menu_item_id) REFERENCES menu_items (org_id, id)
);
CREATE TABLE alembic_version_edge (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_edge_pkc PRIMARY KEY (version_num)
);
CREATE TABLE one_time_codes (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	purpose TEXT NOT NULL, 
	code_hash TEXT NOT NULL, 
	for_id TEXT, 
	payload TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	used_at TEXT, 
	CONSTRAINT pk_one_time_codes PRIMARY KEY (org_id, id)
);
CREATE TABLE pin_verifiers (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	hash TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	locked_until TEXT, 
	CONSTRAINT pk_pin_verifiers PRIMARY KEY (org_id, id)
);
CREATE TABLE print_jobs (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	printer_id TEXT NOT NULL, 
	cause_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	title TEXT NOT NULL, 
	document TEXT NOT NULL, 
	asked_by TEXT, 
	sequence INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	fresh_since TEXT NOT NULL, 
	changed_at TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	copies INTEGER NOT NULL, 
	unconfirmed INTEGER NOT NULL, 
	troubles INTEGER NOT NULL, 
	next_attempt_at TEXT, 
	trouble TEXT, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_print_jobs PRIMARY KEY (org_id, id)
);
CREATE TABLE printers (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	address TEXT NOT NULL, 
	station_ids TEXT NOT NULL, 
	receipts BOOLEAN NOT NULL, 
	columns INTEGER NOT NULL, 
	CONSTRAINT pk_printers PRIMARY KEY (org_id, id)
);
CREATE TABLE reader_places (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	place INTEGER NOT NULL, 
	CONSTRAINT pk_reader_places PRIMARY KEY (org_id, id)
);
CREATE TABLE sessions (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	terminal_id TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	token_hash TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	ended_at TEXT, 
	CONSTRAINT pk_sessions PRIMARY KEY (org_id, id)
);
CREATE TABLE terminals (
	org_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	property_id TEXT, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	station_id TEXT, 
	token_hash TEXT NOT NULL, 
	enrolled_at TEXT NOT NULL, 
	revoked_at TEXT, 
	last_seen_at TEXT, 
	CONSTRAINT pk_terminals PRIMARY KEY (org_id, id)
);
INSERT INTO "alembic_version_sync_node" (version_num) VALUES ('0001');
INSERT INTO "sync_cursors" (scope, position, epoch) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f',4,1);
INSERT INTO "sync_cursors" (scope, position, epoch) VALUES ('01a219ef-c978-723b-8e39-81ab56ece6d6',14,1);
INSERT INTO "sync_kept" (id, scope, position, reason, body) VALUES (1,'01a219ef-c978-723b-8e39-81ab56ece6d6',14,'table saunas is of another release','{"p":14,"h":117685057955627008,"n":0,"changes":[{"t":"saunas","o":"i","k":"01a219ef-cad1-7586-81df-4ac196cd195f","f":{"id":"01a219ef-cad1-7586-81df-4ac196cd195f","property_id":"01a219ef-c978-723b-8e39-81ab56ece6d6","name":"Sauna","heat":90}}]}');
INSERT INTO "sync_meta" (k, v) VALUES ('triggers','494ee35e27747ab917a2c9e034987249484b13b82c2e85ce62171511a8bb686c');
INSERT INTO "sync_meta" (k, v) VALUES ('triggers_made_from','4de2e909b6b25d84327cb2177c563cb22e80b764b1f83b3d211e30b5fb121fd0');
INSERT INTO "sync_meta" (k, v) VALUES ('cloud_url','http://hub.test');
INSERT INTO "sync_meta" (k, v) VALUES ('node_id','44681895-4aa8-46e4-887b-6c2db4abeced');
INSERT INTO "sync_meta" (k, v) VALUES ('node','1');
INSERT INTO "sync_meta" (k, v) VALUES ('code','A');
INSERT INTO "sync_meta" (k, v) VALUES ('org','01a219ef-c96b-7738-b5b9-3abf26dad30f');
INSERT INTO "sync_meta" (k, v) VALUES ('property','01a219ef-c978-723b-8e39-81ab56ece6d6');
INSERT INTO "sync_meta" (k, v) VALUES ('incarnation','1');
INSERT INTO "sync_meta" (k, v) VALUES ('lives','1');
INSERT INTO "sync_meta" (k, v) VALUES ('high','117685057955627008');
INSERT INTO "sync_meta" (k, v) VALUES ('acked','7');
INSERT INTO "sync_outbox" (seq, hlc, tbl, op, pk, f, base) VALUES (8,117685057956282368,'menu_items','u','01a219ef-c97e-7696-b4f0-f04aeafa54bf','{"price_minor":1100}','{"price_minor":[117685057943371782,0]}');
INSERT INTO "sync_outbox" (seq, hlc, tbl, op, pk, f, base) VALUES (9,117685057956282369,'orders','i','01a219ef-cadb-71f8-9f06-abf8aac4a86d','{"id":"01a219ef-cadb-71f8-9f06-abf8aac4a86d","property_id":"01a219ef-c978-723b-8e39-81ab56ece6d6","number":"A1-2","channel":"dine_in","table_label":"12","covers":2,"note":null,"currency":"NAD","opened_by":null,"terminal_id":null,"business_date":"2026-03-01","opened_at":"2026-03-01T18:30:00.123456Z"}',NULL);
INSERT INTO "sync_outbox" (seq, hlc, tbl, op, pk, f, base) VALUES (10,117685057956282369,'order_lines','i','01a219ef-cadb-71f8-9f06-abf9969593c1','{"id":"01a219ef-cadb-71f8-9f06-abf9969593c1","property_id":"01a219ef-c978-723b-8e39-81ab56ece6d6","order_id":"01a219ef-cadb-71f8-9f06-abf8aac4a86d","line_no":1,"menu_item_id":"01a219ef-cadb-71f8-9f06-abfad4ea0f34","name":"Soup","quantity":1,"unit_price_minor":900,"amount_minor":900,"tax_rate_name":null,"tax_rate_bp":0,"tax_included":0,"choices":"[]","note":null,"seat":null,"station_id":"01a219ef-cadb-71f8-9f06-abfb8c85319f","ticket_id":"01a219ef-cadb-71f8-9f06-abfc913a77c9","prep_seconds":600,"placed_at":"2026-03-01T18:30:00.123456Z","placed_by":null,"business_date":"2026-03-01"}',NULL);
INSERT INTO "sync_outbox" (seq, hlc, tbl, op, pk, f, base) VALUES (11,117685057956282369,'order_lines','i','01a219ef-cadb-71f8-9f06-abfd66c82a86','{"id":"01a219ef-cadb-71f8-9f06-abfd66c82a86","property_id":"01a219ef-c978-723b-8e39-81ab56ece6d6","order_id":"01a219ef-cadb-71f8-9f06-abf8aac4a86d","line_no":2,"menu_item_id":"01a219ef-cadb-71f8-9f06-abfe7a4429f5","name":"Soup","quantity":1,"unit_price_minor":900,"amount_minor":900,"tax_rate_name":null,"tax_rate_bp":0,"tax_included":0,"choices":"[]","note":null,"seat":null,"station_id":"01a219ef-cadb-71f8-9f06-abffc259cd1a","ticket_id":"01a219ef-cadb-71f8-9f06-ac00d9e4930e","prep_seconds":600,"placed_at":"2026-03-01T18:30:00.123456Z","placed_by":null,"business_date":"2026-03-01"}',NULL);
INSERT INTO "alembic_version_sync" (version_num) VALUES ('0001');
INSERT INTO "sync_conflicts" (org_id, id, property_id, tbl, row_id, field, rule, won_value, won_hlc, won_node, lost_value, lost_hlc, lost_node, decided_at, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','4b4d1f4c-9595-5c3e-827b-c37cf6bc884b','01a219ef-c978-723b-8e39-81ab56ece6d6','stations','01a219ef-c97e-7696-b4f0-f04819dd436b','name','last_writer','"Hearth"',117685057944944640,1,'"Fire"',117685057944879111,0,'2026-11-26T22:17:54.997000Z',117685057944944640,1,NULL,0,NULL);
INSERT INTO "alembic_version_hospitality" (version_num) VALUES ('0001');
INSERT INTO "journal" (org_id, id, property_id, node, incarnation, number, kind, at, business_date, actor_id, approver_id, terminal_id, reason, data, previous_hash, hash, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c971-77d1-89b2-5722ba07f05e',NULL,0,1,1,'properties.organisation_added','2026-11-26T22:17:54.797637Z',NULL,NULL,NULL,NULL,NULL,'{"organisation_id":"01a219ef-c96b-7738-b5b9-3abf26dad30f"}','0000000000000000000000000000000000000000000000000000000000000000','f5c3bba5ac089d007b5e1dac18844ede3a81107e0d29729f698e917e420ee580',117685057932492800,0,NULL,0,NULL);
INSERT INTO "journal" (org_id, id, property_id, node, incarnation, number, kind, at, business_date, actor_id, approver_id, terminal_id, reason, data, previous_hash, hash, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c97a-701c-a65c-754388c96b77',NULL,0,1,2,'properties.property_added','2026-11-26T22:17:54.807848Z',NULL,NULL,NULL,NULL,NULL,'{"added_property_id":"01a219ef-c978-723b-8e39-81ab56ece6d6"}','f5c3bba5ac089d007b5e1dac18844ede3a81107e0d29729f698e917e420ee580','cd24d62e73c8013fefd3f94da8083000352f35f3439277650872685f0368719f',117685057933082625,0,NULL,0,NULL);
INSERT INTO "journal" (org_id, id, property_id, node, incarnation, number, kind, at, business_date, actor_id, approver_id, terminal_id, reason, data, previous_hash, hash, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c9ed-71bc-ad99-e4a725d971cf','01a219ef-c978-723b-8e39-81ab56ece6d6',1,1,1,'people.person_added','2026-11-26T22:17:54.925304Z',NULL,NULL,NULL,NULL,NULL,'{"person_id":"01a219ef-c9ed-71bc-ad99-e4a6ba05883d","role":"staff"}','0000000000000000000000000000000000000000000000000000000000000000','f3b9152a0e3c74d5e5599765b899caa7df9cba0469656f67788377d768a875c2',117685057940684800,1,NULL,0,NULL);
INSERT INTO "menu_categories" (org_id, id, property_id, name, sort, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c97e-7696-b4f0-f0496e2c091f','01a219ef-c978-723b-8e39-81ab56ece6d6','Mains',1,117685057933737988,0,NULL,0,NULL);
INSERT INTO "orders" (org_id, id, property_id, number, channel, table_label, covers, note, currency, opened_by, terminal_id, business_date, opened_at, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c9eb-72a8-abd1-1816182b03bf','01a219ef-c978-723b-8e39-81ab56ece6d6','A1-1','dine_in','12',2,NULL,'NAD',NULL,NULL,'2026-03-01','2026-03-01T18:30:00.123456Z',117685057940553728,1,NULL,0,NULL);
INSERT INTO "orders" (org_id, id, property_id, number, channel, table_label, covers, note, currency, opened_by, terminal_id, business_date, opened_at, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-cadb-71f8-9f06-abf8aac4a86d','01a219ef-c978-723b-8e39-81ab56ece6d6','A1-2','dine_in','12',2,NULL,'NAD',NULL,NULL,'2026-03-01','2026-03-01T18:30:00.123456Z',117685057956282369,1,NULL,0,NULL);
INSERT INTO "organisations" (org_id, id, property_id, name, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c96b-7738-b5b9-3abf26dad30f',NULL,'Namib Lodges',117685057932492800,0,NULL,0,NULL);
INSERT INTO "people" (org_id, id, property_id, display_name, role, active, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c9ed-71bc-ad99-e4a6ba05883d','01a219ef-c978-723b-8e39-81ab56ece6d6','Anna','staff',1,117685057940684800,1,NULL,0,NULL);
INSERT INTO "properties" (org_id, id, property_id, name, zone, currency, cut_off_hour, locale, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c978-723b-8e39-81ab56ece6d6','01a219ef-c978-723b-8e39-81ab56ece6d6','Dune House','Africa/Windhoek','NAD',4,'en',117685057933082625,0,NULL,0,NULL);
INSERT INTO "stations" (org_id, id, property_id, name, sort, printer, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c97e-7696-b4f0-f04b75759155',NULL,'Bar of every house',9,NULL,117685057933606915,0,'{"sort":[117685057946386432,1]}',0,NULL);
INSERT INTO "stations" (org_id, id, property_id, name, sort, printer, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c97e-7696-b4f0-f04819dd436b','01a219ef-c978-723b-8e39-81ab56ece6d6','Hearth',5,'p',117685057933541378,0,'{"name":[117685057944944640,1],"printer":[117685057944944640,1],"sort":[117685057944879111,0]}',0,NULL);
INSERT INTO "stations" (org_id, id, property_id, name, sort, printer, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-ca5d-7568-9caf-312231a65e91','01a219ef-c978-723b-8e39-81ab56ece6d6','Ahead',0,NULL,117685057949138945,2,NULL,0,NULL);
INSERT INTO "stations" (org_id, id, property_id, name, sort, printer, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-ca84-70ad-9319-092ccadd75fd','01a219ef-c978-723b-8e39-81ab56ece6d6','Part 1',0,NULL,117685057948024835,2,NULL,0,NULL);
INSERT INTO "stations" (org_id, id, property_id, name, sort, printer, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-ca84-70ad-9319-092de3378220','01a219ef-c978-723b-8e39-81ab56ece6d6','Part 2',0,NULL,117685057948024835,2,NULL,0,NULL);
INSERT INTO "stations" (org_id, id, property_id, name, sort, printer, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-caba-7235-b885-29f25717b2eb','01a219ef-c978-723b-8e39-81ab56ece6d6','Later',7,NULL,117685057948024836,2,'{"sort":[117685057948024837,2]}',0,'{"colour":"blue","heat":3}');
INSERT INTO "menu_items" (org_id, id, property_id, name, category_id, price_minor, station_id, tax_rate_id, available, prep_seconds, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c97e-7696-b4f0-f04aeafa54bf','01a219ef-c978-723b-8e39-81ab56ece6d6','Soup','01a219ef-c97e-7696-b4f0-f0496e2c091f',1100,'01a219ef-c97e-7696-b4f0-f04819dd436b',NULL,1,600,117685057933803525,0,'{"price_minor":[117685057956282368,1]}',0,NULL);
INSERT INTO "order_lines" (org_id, id, property_id, order_id, line_no, menu_item_id, name, quantity, unit_price_minor, amount_minor, tax_rate_name, tax_rate_bp, tax_included, choices, note, seat, station_id, ticket_id, prep_seconds, placed_at, placed_by, business_date, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c9eb-72a8-abd1-1817d0dd24de','01a219ef-c978-723b-8e39-81ab56ece6d6','01a219ef-c9eb-72a8-abd1-1816182b03bf',1,'01a219ef-c9eb-72a8-abd1-181863736df9','Soup',1,900,900,NULL,0,0,'[]',NULL,NULL,'01a219ef-c9eb-72a8-abd1-1819484c7a9d','01a219ef-c9eb-72a8-abd1-181a352d8441',600,'2026-03-01T18:30:00.123456Z',NULL,'2026-03-01',117685057940553728,1,NULL,0,NULL);
INSERT INTO "order_lines" (org_id, id, property_id, order_id, line_no, menu_item_id, name, quantity, unit_price_minor, amount_minor, tax_rate_name, tax_rate_bp, tax_included, choices, note, seat, station_id, ticket_id, prep_seconds, placed_at, placed_by, business_date, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-c9eb-72a8-abd1-181b27b3e48e','01a219ef-c978-723b-8e39-81ab56ece6d6','01a219ef-c9eb-72a8-abd1-1816182b03bf',2,'01a219ef-c9eb-72a8-abd1-181cd25a8c6c','Soup',1,900,900,NULL,0,0,'[]',NULL,NULL,'01a219ef-c9eb-72a8-abd1-181deac4b7e1','01a219ef-c9eb-72a8-abd1-181ed7cb6068',600,'2026-03-01T18:30:00.123456Z',NULL,'2026-03-01',117685057940553728,1,NULL,0,NULL);
INSERT INTO "order_lines" (org_id, id, property_id, order_id, line_no, menu_item_id, name, quantity, unit_price_minor, amount_minor, tax_rate_name, tax_rate_bp, tax_included, choices, note, seat, station_id, ticket_id, prep_seconds, placed_at, placed_by, business_date, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-cadb-71f8-9f06-abf9969593c1','01a219ef-c978-723b-8e39-81ab56ece6d6','01a219ef-cadb-71f8-9f06-abf8aac4a86d',1,'01a219ef-cadb-71f8-9f06-abfad4ea0f34','Soup',1,900,900,NULL,0,0,'[]',NULL,NULL,'01a219ef-cadb-71f8-9f06-abfb8c85319f','01a219ef-cadb-71f8-9f06-abfc913a77c9',600,'2026-03-01T18:30:00.123456Z',NULL,'2026-03-01',117685057956282369,1,NULL,0,NULL);
INSERT INTO "order_lines" (org_id, id, property_id, order_id, line_no, menu_item_id, name, quantity, unit_price_minor, amount_minor, tax_rate_name, tax_rate_bp, tax_included, choices, note, seat, station_id, ticket_id, prep_seconds, placed_at, placed_by, business_date, _hlc, _node, _fv, _deleted, _x) VALUES ('01a219ef-c96b-7738-b5b9-3abf26dad30f','01a219ef-cadb-71f8-9f06-abfd66c82a86','01a219ef-c978-723b-8e39-81ab56ece6d6','01a219ef-cadb-71f8-9f06-abf8aac4a86d',2,'01a219ef-cadb-71f8-9f06-abfe7a4429f5','Soup',1,900,900,NULL,0,0,'[]',NULL,NULL,'01a219ef-cadb-71f8-9f06-abffc259cd1a','01a219ef-cadb-71f8-9f06-ac00d9e4930e',600,'2026-03-01T18:30:00.123456Z',NULL,'2026-03-01',117685057956282369,1,NULL,0,NULL);
INSERT INTO "alembic_version_edge" (version_num) VALUES ('0001');
DELETE FROM sqlite_sequence;
INSERT INTO "sqlite_sequence" (name, seq) VALUES ('sync_outbox',11);
CREATE INDEX ix_sync_kept_position ON sync_kept (scope, position);
CREATE INDEX ix_sync_conflicts_org_id_property_id_decided_at ON sync_conflicts (org_id, property_id, decided_at);
CREATE INDEX ix_business_days_org_id_property_id_date ON business_days (org_id, property_id, date);
CREATE INDEX ix_journal_org_id_node_incarnation_number ON journal (org_id, node, incarnation, number);
CREATE INDEX ix_journal_org_id_property_id_at ON journal (org_id, property_id, at);
CREATE INDEX ix_kept_answers_org_id_at ON kept_answers (org_id, at);
CREATE INDEX ix_menu_categories_org_id_property_id ON menu_categories (org_id, property_id);
CREATE INDEX ix_modifier_groups_org_id_property_id ON modifier_groups (org_id, property_id);
CREATE INDEX ix_orders_org_id_property_id_business_date_id ON orders (org_id, property_id, business_date, id);
CREATE INDEX ix_people_org_id_property_id ON people (org_id, property_id);
CREATE INDEX ix_requests_org_id_property_id_expires_at ON requests (org_id, property_id, expires_at);
CREATE INDEX ix_requests_org_id_property_id_id ON requests (org_id, property_id, id);
CREATE INDEX ix_stations_org_id_property_id ON stations (org_id, property_id);
CREATE INDEX ix_tax_rates_org_id_property_id ON tax_rates (org_id, property_id);
CREATE INDEX ix_menu_items_org_id_property_id_id ON menu_items (org_id, property_id, id);
CREATE INDEX ix_modifier_options_org_id_group_id ON modifier_options (org_id, group_id);
CREATE INDEX ix_order_lines_org_id_order_id ON order_lines (org_id, order_id);
CREATE INDEX ix_order_lines_org_id_property_id_business_date ON order_lines (org_id, property_id, business_date);
CREATE INDEX ix_order_lines_org_id_ticket_id ON order_lines (org_id, ticket_id);
CREATE INDEX ix_payments_org_id_order_id ON payments (org_id, order_id);
CREATE INDEX ix_payments_org_id_property_id_business_date_id ON payments (org_id, property_id, business_date, id);
CREATE INDEX ix_receipts_org_id_order_id ON receipts (org_id, order_id);
CREATE INDEX ix_request_answers_org_id_request_id ON request_answers (org_id, request_id);
CREATE INDEX ix_line_steps_org_id_ticket_id_line_id_step_no_at ON line_steps (org_id, ticket_id, line_id, step_no, at);
CREATE INDEX ix_line_voids_org_id_order_id ON line_voids (org_id, order_id);
CREATE INDEX ix_menu_item_groups_org_id_menu_item_id ON menu_item_groups (org_id, menu_item_id);
CREATE INDEX ix_one_time_codes_org_id_code_hash ON one_time_codes (org_id, code_hash);
CREATE INDEX ix_print_jobs_org_id_printer_id_state ON print_jobs (org_id, printer_id, state);
CREATE INDEX ix_print_jobs_org_id_sequence ON print_jobs (org_id, sequence);
CREATE INDEX ix_sessions_org_id_person_id ON sessions (org_id, person_id);
CREATE INDEX ix_sessions_org_id_token_hash ON sessions (org_id, token_hash);
CREATE INDEX ix_terminals_org_id_token_hash ON terminals (org_id, token_hash);
CREATE TRIGGER "sync_business_days_insert" AFTER INSERT ON "business_days" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: business_days') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'business_days', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'date', NEW."date", 'opened_at', NEW."opened_at", 'closed_at', NEW."closed_at", 'status', NEW."status")));
END;
CREATE TRIGGER "sync_business_days_update" AFTER UPDATE OF "date", "opened_at", "closed_at", "status", "_deleted" ON "business_days"
  WHEN (OLD."date" IS NOT NEW."date" OR OLD."opened_at" IS NOT NEW."opened_at" OR OLD."closed_at" IS NOT NEW."closed_at" OR OLD."status" IS NOT NEW."status" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'business_days', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'date' AS k, NEW."date" AS v WHERE OLD."date" IS NOT NEW."date"
    UNION ALL SELECT 'opened_at' AS k, NEW."opened_at" AS v WHERE OLD."opened_at" IS NOT NEW."opened_at"
    UNION ALL SELECT 'closed_at' AS k, NEW."closed_at" AS v WHERE OLD."closed_at" IS NOT NEW."closed_at"
    UNION ALL SELECT 'status' AS k, NEW."status" AS v WHERE OLD."status" IS NOT NEW."status"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "business_days" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_business_days_delete" BEFORE DELETE ON "business_days" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: business_days');
END;
CREATE TRIGGER "sync_business_days_identity" BEFORE UPDATE OF org_id, id, property_id ON "business_days"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: business_days');
END;
CREATE TRIGGER "sync_journal_insert" AFTER INSERT ON "journal" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: journal') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'journal', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'node', NEW."node", 'incarnation', NEW."incarnation", 'number', NEW."number", 'kind', NEW."kind", 'at', NEW."at", 'business_date', NEW."business_date", 'actor_id', NEW."actor_id", 'approver_id', NEW."approver_id", 'terminal_id', NEW."terminal_id", 'reason', NEW."reason", 'data', NEW."data", 'previous_hash', NEW."previous_hash", 'hash', NEW."hash")));
END;
CREATE TRIGGER "sync_journal_update" BEFORE UPDATE ON "journal" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: journal');
END;
CREATE TRIGGER "sync_journal_delete" BEFORE DELETE ON "journal" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: journal');
END;
CREATE TRIGGER "sync_menu_categories_insert" AFTER INSERT ON "menu_categories" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: menu_categories') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'menu_categories', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name", 'sort', NEW."sort")));
END;
CREATE TRIGGER "sync_menu_categories_update" AFTER UPDATE OF "name", "sort", "_deleted" ON "menu_categories"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."sort" IS NOT NEW."sort" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'menu_categories', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'sort' AS k, NEW."sort" AS v WHERE OLD."sort" IS NOT NEW."sort"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "menu_categories" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_menu_categories_delete" BEFORE DELETE ON "menu_categories" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: menu_categories');
END;
CREATE TRIGGER "sync_menu_categories_identity" BEFORE UPDATE OF org_id, id, property_id ON "menu_categories"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: menu_categories');
END;
CREATE TRIGGER "sync_modifier_groups_insert" AFTER INSERT ON "modifier_groups" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: modifier_groups') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'modifier_groups', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name", 'choices_min', NEW."choices_min", 'choices_max', NEW."choices_max")));
END;
CREATE TRIGGER "sync_modifier_groups_update" AFTER UPDATE OF "name", "choices_min", "choices_max", "_deleted" ON "modifier_groups"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."choices_min" IS NOT NEW."choices_min" OR OLD."choices_max" IS NOT NEW."choices_max" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'modifier_groups', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'choices_min' AS k, NEW."choices_min" AS v WHERE OLD."choices_min" IS NOT NEW."choices_min"
    UNION ALL SELECT 'choices_max' AS k, NEW."choices_max" AS v WHERE OLD."choices_max" IS NOT NEW."choices_max"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "modifier_groups" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_modifier_groups_delete" BEFORE DELETE ON "modifier_groups" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: modifier_groups');
END;
CREATE TRIGGER "sync_modifier_groups_identity" BEFORE UPDATE OF org_id, id, property_id ON "modifier_groups"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: modifier_groups');
END;
CREATE TRIGGER "sync_orders_insert" AFTER INSERT ON "orders" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: orders') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'orders', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'number', NEW."number", 'channel', NEW."channel", 'table_label', NEW."table_label", 'covers', NEW."covers", 'note', NEW."note", 'currency', NEW."currency", 'opened_by', NEW."opened_by", 'terminal_id', NEW."terminal_id", 'business_date', NEW."business_date", 'opened_at', NEW."opened_at")));
END;
CREATE TRIGGER "sync_orders_update" BEFORE UPDATE ON "orders" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: orders');
END;
CREATE TRIGGER "sync_orders_delete" BEFORE DELETE ON "orders" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: orders');
END;
CREATE TRIGGER "sync_organisations_insert" AFTER INSERT ON "organisations" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: organisations') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'organisations', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name")));
END;
CREATE TRIGGER "sync_organisations_update" AFTER UPDATE OF "name", "_deleted" ON "organisations"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'organisations', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "organisations" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_organisations_delete" BEFORE DELETE ON "organisations" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: organisations');
END;
CREATE TRIGGER "sync_organisations_identity" BEFORE UPDATE OF org_id, id, property_id ON "organisations"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: organisations');
END;
CREATE TRIGGER "sync_people_insert" AFTER INSERT ON "people" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: people') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'people', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'display_name', NEW."display_name", 'role', NEW."role", 'active', NEW."active")));
END;
CREATE TRIGGER "sync_people_update" AFTER UPDATE OF "display_name", "role", "active", "_deleted" ON "people"
  WHEN (OLD."display_name" IS NOT NEW."display_name" OR OLD."role" IS NOT NEW."role" OR OLD."active" IS NOT NEW."active" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'people', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'display_name' AS k, NEW."display_name" AS v WHERE OLD."display_name" IS NOT NEW."display_name"
    UNION ALL SELECT 'role' AS k, NEW."role" AS v WHERE OLD."role" IS NOT NEW."role"
    UNION ALL SELECT 'active' AS k, NEW."active" AS v WHERE OLD."active" IS NOT NEW."active"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "people" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_people_delete" BEFORE DELETE ON "people" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: people');
END;
CREATE TRIGGER "sync_people_identity" BEFORE UPDATE OF org_id, id, property_id ON "people"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: people');
END;
CREATE TRIGGER "sync_properties_insert" AFTER INSERT ON "properties" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: properties') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'properties', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name", 'zone', NEW."zone", 'currency', NEW."currency", 'cut_off_hour', NEW."cut_off_hour", 'locale', NEW."locale")));
END;
CREATE TRIGGER "sync_properties_update" AFTER UPDATE OF "name", "zone", "currency", "cut_off_hour", "locale", "_deleted" ON "properties"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."zone" IS NOT NEW."zone" OR OLD."currency" IS NOT NEW."currency" OR OLD."cut_off_hour" IS NOT NEW."cut_off_hour" OR OLD."locale" IS NOT NEW."locale" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'properties', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'zone' AS k, NEW."zone" AS v WHERE OLD."zone" IS NOT NEW."zone"
    UNION ALL SELECT 'currency' AS k, NEW."currency" AS v WHERE OLD."currency" IS NOT NEW."currency"
    UNION ALL SELECT 'cut_off_hour' AS k, NEW."cut_off_hour" AS v WHERE OLD."cut_off_hour" IS NOT NEW."cut_off_hour"
    UNION ALL SELECT 'locale' AS k, NEW."locale" AS v WHERE OLD."locale" IS NOT NEW."locale"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "properties" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_properties_delete" BEFORE DELETE ON "properties" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: properties');
END;
CREATE TRIGGER "sync_properties_identity" BEFORE UPDATE OF org_id, id, property_id ON "properties"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: properties');
END;
CREATE TRIGGER "sync_requests_insert" AFTER INSERT ON "requests" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: requests') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'requests', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'verb', NEW."verb", 'arguments', NEW."arguments", 'permissions', NEW."permissions", 'asked_by', NEW."asked_by", 'asked_at', NEW."asked_at", 'confirm_at', NEW."confirm_at", 'expires_at', NEW."expires_at")));
END;
CREATE TRIGGER "sync_requests_update" BEFORE UPDATE ON "requests" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: requests');
END;
CREATE TRIGGER "sync_requests_delete" BEFORE DELETE ON "requests" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: requests');
END;
CREATE TRIGGER "sync_stations_insert" AFTER INSERT ON "stations" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: stations') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'stations', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name", 'sort', NEW."sort", 'printer', NEW."printer")));
END;
CREATE TRIGGER "sync_stations_update" AFTER UPDATE OF "name", "sort", "printer", "_deleted" ON "stations"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."sort" IS NOT NEW."sort" OR OLD."printer" IS NOT NEW."printer" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'stations', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'sort' AS k, NEW."sort" AS v WHERE OLD."sort" IS NOT NEW."sort"
    UNION ALL SELECT 'printer' AS k, NEW."printer" AS v WHERE OLD."printer" IS NOT NEW."printer"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "stations" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_stations_delete" BEFORE DELETE ON "stations" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: stations');
END;
CREATE TRIGGER "sync_stations_identity" BEFORE UPDATE OF org_id, id, property_id ON "stations"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: stations');
END;
CREATE TRIGGER "sync_tax_rates_insert" AFTER INSERT ON "tax_rates" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: tax_rates') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'tax_rates', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name", 'rate_bp', NEW."rate_bp", 'included', NEW."included")));
END;
CREATE TRIGGER "sync_tax_rates_update" AFTER UPDATE OF "name", "rate_bp", "included", "_deleted" ON "tax_rates"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."rate_bp" IS NOT NEW."rate_bp" OR OLD."included" IS NOT NEW."included" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'tax_rates', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'rate_bp' AS k, NEW."rate_bp" AS v WHERE OLD."rate_bp" IS NOT NEW."rate_bp"
    UNION ALL SELECT 'included' AS k, NEW."included" AS v WHERE OLD."included" IS NOT NEW."included"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "tax_rates" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_tax_rates_delete" BEFORE DELETE ON "tax_rates" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: tax_rates');
END;
CREATE TRIGGER "sync_tax_rates_identity" BEFORE UPDATE OF org_id, id, property_id ON "tax_rates"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: tax_rates');
END;
CREATE TRIGGER "sync_menu_items_insert" AFTER INSERT ON "menu_items" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: menu_items') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'menu_items', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'name', NEW."name", 'category_id', NEW."category_id", 'price_minor', NEW."price_minor", 'station_id', NEW."station_id", 'tax_rate_id', NEW."tax_rate_id", 'available', NEW."available", 'prep_seconds', NEW."prep_seconds")));
END;
CREATE TRIGGER "sync_menu_items_update" AFTER UPDATE OF "name", "category_id", "price_minor", "station_id", "tax_rate_id", "available", "prep_seconds", "_deleted" ON "menu_items"
  WHEN (OLD."name" IS NOT NEW."name" OR OLD."category_id" IS NOT NEW."category_id" OR OLD."price_minor" IS NOT NEW."price_minor" OR OLD."station_id" IS NOT NEW."station_id" OR OLD."tax_rate_id" IS NOT NEW."tax_rate_id" OR OLD."available" IS NOT NEW."available" OR OLD."prep_seconds" IS NOT NEW."prep_seconds" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'menu_items', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'category_id' AS k, NEW."category_id" AS v WHERE OLD."category_id" IS NOT NEW."category_id"
    UNION ALL SELECT 'price_minor' AS k, NEW."price_minor" AS v WHERE OLD."price_minor" IS NOT NEW."price_minor"
    UNION ALL SELECT 'station_id' AS k, NEW."station_id" AS v WHERE OLD."station_id" IS NOT NEW."station_id"
    UNION ALL SELECT 'tax_rate_id' AS k, NEW."tax_rate_id" AS v WHERE OLD."tax_rate_id" IS NOT NEW."tax_rate_id"
    UNION ALL SELECT 'available' AS k, NEW."available" AS v WHERE OLD."available" IS NOT NEW."available"
    UNION ALL SELECT 'prep_seconds' AS k, NEW."prep_seconds" AS v WHERE OLD."prep_seconds" IS NOT NEW."prep_seconds"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "menu_items" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_menu_items_delete" BEFORE DELETE ON "menu_items" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: menu_items');
END;
CREATE TRIGGER "sync_menu_items_identity" BEFORE UPDATE OF org_id, id, property_id ON "menu_items"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: menu_items');
END;
CREATE TRIGGER "sync_modifier_options_insert" AFTER INSERT ON "modifier_options" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: modifier_options') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'modifier_options', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'group_id', NEW."group_id", 'name', NEW."name", 'price_delta_minor', NEW."price_delta_minor", 'sort', NEW."sort")));
END;
CREATE TRIGGER "sync_modifier_options_update" AFTER UPDATE OF "group_id", "name", "price_delta_minor", "sort", "_deleted" ON "modifier_options"
  WHEN (OLD."group_id" IS NOT NEW."group_id" OR OLD."name" IS NOT NEW."name" OR OLD."price_delta_minor" IS NOT NEW."price_delta_minor" OR OLD."sort" IS NOT NEW."sort" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'modifier_options', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'group_id' AS k, NEW."group_id" AS v WHERE OLD."group_id" IS NOT NEW."group_id"
    UNION ALL SELECT 'name' AS k, NEW."name" AS v WHERE OLD."name" IS NOT NEW."name"
    UNION ALL SELECT 'price_delta_minor' AS k, NEW."price_delta_minor" AS v WHERE OLD."price_delta_minor" IS NOT NEW."price_delta_minor"
    UNION ALL SELECT 'sort' AS k, NEW."sort" AS v WHERE OLD."sort" IS NOT NEW."sort"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "modifier_options" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_modifier_options_delete" BEFORE DELETE ON "modifier_options" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: modifier_options');
END;
CREATE TRIGGER "sync_modifier_options_identity" BEFORE UPDATE OF org_id, id, property_id ON "modifier_options"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: modifier_options');
END;
CREATE TRIGGER "sync_order_lines_insert" AFTER INSERT ON "order_lines" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: order_lines') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'order_lines', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'order_id', NEW."order_id", 'line_no', NEW."line_no", 'menu_item_id', NEW."menu_item_id", 'name', NEW."name", 'quantity', NEW."quantity", 'unit_price_minor', NEW."unit_price_minor", 'amount_minor', NEW."amount_minor", 'tax_rate_name', NEW."tax_rate_name", 'tax_rate_bp', NEW."tax_rate_bp", 'tax_included', NEW."tax_included", 'choices', NEW."choices", 'note', NEW."note", 'seat', NEW."seat", 'station_id', NEW."station_id", 'ticket_id', NEW."ticket_id", 'prep_seconds', NEW."prep_seconds", 'placed_at', NEW."placed_at", 'placed_by', NEW."placed_by", 'business_date', NEW."business_date")));
END;
CREATE TRIGGER "sync_order_lines_update" BEFORE UPDATE ON "order_lines" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: order_lines');
END;
CREATE TRIGGER "sync_order_lines_delete" BEFORE DELETE ON "order_lines" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: order_lines');
END;
CREATE TRIGGER "sync_payments_insert" AFTER INSERT ON "payments" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: payments') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'payments', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'order_id', NEW."order_id", 'tender', NEW."tender", 'amount_minor', NEW."amount_minor", 'tendered_minor', NEW."tendered_minor", 'change_minor', NEW."change_minor", 'currency', NEW."currency", 'reference', NEW."reference", 'taken_by', NEW."taken_by", 'terminal_id', NEW."terminal_id", 'taken_at', NEW."taken_at", 'business_date', NEW."business_date")));
END;
CREATE TRIGGER "sync_payments_update" BEFORE UPDATE ON "payments" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: payments');
END;
CREATE TRIGGER "sync_payments_delete" BEFORE DELETE ON "payments" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: payments');
END;
CREATE TRIGGER "sync_receipts_insert" AFTER INSERT ON "receipts" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: receipts') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'receipts', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'order_id', NEW."order_id", 'number', NEW."number", 'total_minor', NEW."total_minor", 'currency', NEW."currency", 'taxes', NEW."taxes", 'issued_at', NEW."issued_at", 'business_date', NEW."business_date")));
END;
CREATE TRIGGER "sync_receipts_update" BEFORE UPDATE ON "receipts" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: receipts');
END;
CREATE TRIGGER "sync_receipts_delete" BEFORE DELETE ON "receipts" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: receipts');
END;
CREATE TRIGGER "sync_request_answers_insert" AFTER INSERT ON "request_answers" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: request_answers') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'request_answers', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'request_id', NEW."request_id", 'accepted', NEW."accepted", 'code', NEW."code", 'message', NEW."message", 'answer', NEW."answer", 'answered_by', NEW."answered_by", 'terminal_id', NEW."terminal_id", 'answered_at', NEW."answered_at", 'business_date', NEW."business_date")));
END;
CREATE TRIGGER "sync_request_answers_update" BEFORE UPDATE ON "request_answers" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: request_answers');
END;
CREATE TRIGGER "sync_request_answers_delete" BEFORE DELETE ON "request_answers" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: request_answers');
END;
CREATE TRIGGER "sync_line_steps_insert" AFTER INSERT ON "line_steps" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: line_steps') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'line_steps', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'order_id', NEW."order_id", 'line_id', NEW."line_id", 'ticket_id', NEW."ticket_id", 'step', NEW."step", 'step_no', NEW."step_no", 'at', NEW."at", 'person_id', NEW."person_id", 'terminal_id', NEW."terminal_id", 'business_date', NEW."business_date")));
END;
CREATE TRIGGER "sync_line_steps_update" BEFORE UPDATE ON "line_steps" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: line_steps');
END;
CREATE TRIGGER "sync_line_steps_delete" BEFORE DELETE ON "line_steps" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: line_steps');
END;
CREATE TRIGGER "sync_line_voids_insert" AFTER INSERT ON "line_voids" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: line_voids') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'line_voids', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'order_id', NEW."order_id", 'line_id', NEW."line_id", 'reason', NEW."reason", 'person_id', NEW."person_id", 'approver_id', NEW."approver_id", 'terminal_id', NEW."terminal_id", 'at', NEW."at", 'business_date', NEW."business_date")));
END;
CREATE TRIGGER "sync_line_voids_update" BEFORE UPDATE ON "line_voids" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: line_voids');
END;
CREATE TRIGGER "sync_line_voids_delete" BEFORE DELETE ON "line_voids" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: line_voids');
END;
CREATE TRIGGER "sync_menu_item_groups_insert" AFTER INSERT ON "menu_item_groups" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: menu_item_groups') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'menu_item_groups', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'menu_item_id', NEW."menu_item_id", 'group_id', NEW."group_id", 'sort', NEW."sort")));
END;
CREATE TRIGGER "sync_menu_item_groups_update" AFTER UPDATE OF "menu_item_id", "group_id", "sort", "_deleted" ON "menu_item_groups"
  WHEN (OLD."menu_item_id" IS NOT NEW."menu_item_id" OR OLD."group_id" IS NOT NEW."group_id" OR OLD."sort" IS NOT NEW."sort" OR OLD."_deleted" IS NOT NEW."_deleted") AND sync_applying() = 0 BEGIN
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)
  SELECT sync_stamp(), 'menu_item_groups', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, d.f)
  FROM (SELECT (SELECT json_group_object(k, v) FROM (
    SELECT 'menu_item_id' AS k, NEW."menu_item_id" AS v WHERE OLD."menu_item_id" IS NOT NEW."menu_item_id"
    UNION ALL SELECT 'group_id' AS k, NEW."group_id" AS v WHERE OLD."group_id" IS NOT NEW."group_id"
    UNION ALL SELECT 'sort' AS k, NEW."sort" AS v WHERE OLD."sort" IS NOT NEW."sort"
    UNION ALL SELECT '_deleted' AS k, NEW."_deleted" AS v WHERE OLD."_deleted" IS NOT NEW."_deleted")) AS f) AS d;
  UPDATE "menu_item_groups" SET _fv = sync_versions(OLD._fv, (SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))
  WHERE org_id = OLD.org_id AND id = OLD.id;
END;
CREATE TRIGGER "sync_menu_item_groups_delete" BEFORE DELETE ON "menu_item_groups" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: menu_item_groups');
END;
CREATE TRIGGER "sync_menu_item_groups_identity" BEFORE UPDATE OF org_id, id, property_id ON "menu_item_groups"
  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)
  AND sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a record keeps its place: menu_item_groups');
END;
CREATE TRIGGER "sync_sync_conflicts_insert" AFTER INSERT ON "sync_conflicts" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a row is stamped by its act: sync_conflicts') WHERE NEW._hlc IS NOT sync_stamp();
  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)
  VALUES (NEW._hlc, 'sync_conflicts', 'i', NEW.id, sync_measured(json_object('id', NEW."id", 'property_id', NEW."property_id", 'tbl', NEW."tbl", 'row_id', NEW."row_id", 'field', NEW."field", 'rule', NEW."rule", 'won_value', NEW."won_value", 'won_hlc', NEW."won_hlc", 'won_node', NEW."won_node", 'lost_value', NEW."lost_value", 'lost_hlc', NEW."lost_hlc", 'lost_node', NEW."lost_node", 'decided_at', NEW."decided_at")));
END;
CREATE TRIGGER "sync_sync_conflicts_update" BEFORE UPDATE ON "sync_conflicts" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: sync_conflicts');
END;
CREATE TRIGGER "sync_sync_conflicts_delete" BEFORE DELETE ON "sync_conflicts" WHEN sync_applying() = 0 BEGIN
  SELECT RAISE(ABORT, 'a fact is never changed: sync_conflicts');
END;
