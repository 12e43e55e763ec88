-- Every column of every view, explained. Read by: analysts.
SELECT view_name, column_name, column_type, description FROM kept.data_dictionary
